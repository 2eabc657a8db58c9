"""Wiring of the evidence function: a round's ids in, the digest of its evidence out."""

import time
from typing import Any, Final

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from functions.evidence.freezer import Freezer
from functions.evidence.recollection import Memories
from functions.evidence.sources import Sources
from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.configured_memory import (
    MemoryChoice,
    configured_embedder,
    configured_memory,
)
from quorum.adapters.dynamodb.breaker_store import DynamoDBBreakerStore
from quorum.adapters.dynamodb.configured_topology import DynamoDBConfiguredTopology
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.execution_ledger import DynamoDBExecutionLedger
from quorum.adapters.dynamodb.memory import DynamoDBMemory
from quorum.adapters.dynamodb.opening_store import DynamoDBOpeningStore
from quorum.adapters.dynamodb.request_turns import DynamoDBRequestTurns
from quorum.adapters.dynamodb.snapshot_store import DynamoDBSnapshotStore
from quorum.adapters.dynamodb.table import tables
from quorum.adapters.resource_state.aws_state import aws_state
from quorum.adapters.resource_state.described_requests import Home
from quorum.adapters.telemetry.cloudtrail_audit_trail import CloudTrailAuditTrail
from quorum.adapters.telemetry.cloudwatch_logs import METRIC_LINES, CloudWatchLogs
from quorum.adapters.telemetry.cloudwatch_metrics import CloudWatchMetrics
from quorum.adapters.topology.configured_traces import configured_traces
from quorum.adapters.topology.merged_topology import MergedTopology
from quorum.adapters.topology.ssm_topology import SsmTopology
from quorum.adapters.topology.tag_topology import TagTopology
from quorum.application.circuit_breaker import Breaker
from quorum.application.counted_metrics import CountedMetrics
from quorum.application.inventory import Inventory
from quorum.application.recollection import Recollection
from quorum.application.recorder import Recorder
from quorum.application.request_limiter import RequestLimiter
from quorum.domain.base import OutsiderText, build_validators
from quorum.domain.evidence import (
    Alarm,
    Candidate,
    Change,
    Edge,
    LogTemplate,
    ResourceState,
    Series,
    Source,
)
from quorum.runtime.lambda_runtime import (
    AWS_CONFIG,
    Settings,
    entry,
    logger,
    metrics,
    new_id,
    utc_now,
)


class EvidenceSettings(Settings):
    """Settings from the stacks."""

    EVENTS_TABLE: str
    EVIDENCE_BUCKET: str
    OPENINGS_TABLE: str
    INVENTORY_TABLE: str
    EXECUTIONS_TABLE: str
    OPERATIONS_TABLE: str
    SERVICE_MAP_PARAMETER: str
    STAGE: str
    WATCH: tuple[str, ...] = ()
    """Patterns of the resources whose settings may be read."""
    ACCOUNT: str
    REGION: str
    TRACES: str = ""
    """`xray` or `application-signals`; empty: dependencies are declared, not traced."""
    AUDIT_TRAIL: bool = False
    """True to query CloudTrail for the author of a change."""
    MEMORY_TABLE: str
    KNOWLEDGE_TABLE: str
    MEMORY: str
    MEMORY_ENDPOINT: str
    EMBEDDING_MODEL: str
    EMBEDDING_DIMENSIONS: int
    EMBEDDING_REGION: str


build_validators(
    Alarm, Candidate, Change, Edge, LogTemplate, OutsiderText, ResourceState, Series, Source
)
settings: Final = EvidenceSettings.from_env()
_table: Final = tables(AWS_CONFIG)
_PATIENT: Final = AWS_CONFIG.merge(Config(retries={"mode": "adaptive", "max_attempts": 4}))
"""Retries of what is throttled all the same slow down by themselves."""
_HASTY: Final = AWS_CONFIG.merge(
    Config(connect_timeout=1, read_timeout=1, retries={"mode": "standard", "total_max_attempts": 1})
)
"""For turns, without which requests go at once, and for the memory, without which seats vote."""
SEARCH_SECONDS: Final = 1.0
_ledger: Final = DynamoDBExecutionLedger(_table(settings.EXECUTIONS_TABLE), utc_now)
_limiter: Final = RequestLimiter(
    DynamoDBRequestTurns(tables(_HASTY)(settings.OPERATIONS_TABLE)), now=utc_now, sleep=time.sleep
)
OTHERS_WAIT_SECONDS: Final = 1.5
OTHERS_AT_ONCE: Final = 4
"""Of requests for logs that no candidate needs: the four of one incident wait 0.8 seconds, those of
many give up, and what another incident's candidate needs is read in time."""
_logs: Final = boto3.client("logs", config=_PATIENT)
_metrics: Final = CountedMetrics(
    CloudWatchMetrics(boto3.client("cloudwatch", config=_PATIENT), _limiter.of("GetMetricData"))
)
_chosen: Final = MemoryChoice(
    settings.MEMORY,
    settings.KNOWLEDGE_TABLE,
    settings.MEMORY_ENDPOINT,
    settings.EMBEDDING_MODEL,
    settings.EMBEDDING_DIMENSIONS,
    settings.EMBEDDING_REGION,
)
_searched: Final = configured_memory(_chosen, _HASTY, utc_now, SEARCH_SECONDS)


def _unread(reason: str) -> None:
    metrics.add_metric(name="MemoryUnread", unit=MetricUnit.Count, value=1)
    logger.warning("the memory could not be read", detail=reason)


_memories: Final = Memories(
    DynamoDBMemory(tables(_HASTY)(settings.MEMORY_TABLE)),
    Recollection(_searched, configured_embedder(_chosen, _HASTY)) if _searched else None,
    Breaker("memory", DynamoDBBreakerStore(tables(_HASTY)(settings.OPERATIONS_TABLE)), now=utc_now),
    _unread,
)
freezer: Final = Freezer(
    Recorder(DynamoDBEventStore(_table(settings.EVENTS_TABLE)), now=utc_now, new_id=new_id),
    S3EvidenceStore(boto3.client("s3", config=AWS_CONFIG), settings.EVIDENCE_BUCKET),
    DynamoDBOpeningStore(_table(settings.OPENINGS_TABLE), utc_now),
    Sources(
        topology=MergedTopology(
            SsmTopology(boto3.client("ssm", config=AWS_CONFIG), settings.SERVICE_MAP_PARAMETER),
            TagTopology(boto3.client("resourcegroupstaggingapi", config=AWS_CONFIG)),
            DynamoDBConfiguredTopology(_table(settings.INVENTORY_TABLE)),
        ),
        metrics=_metrics,
        logs=CloudWatchLogs(_logs, turn=_limiter.of("FilterLogEvents")),
        reports=CloudWatchLogs(_logs, turn=_limiter.of("FilterLogEvents"), pattern=METRIC_LINES),
        other_logs=CloudWatchLogs(
            _logs,
            turn=_limiter.of(
                "FilterLogEvents", longest=OTHERS_WAIT_SECONDS, at_once=OTHERS_AT_ONCE
            ),
        ),
        inventory=Inventory(
            aws_state(
                AWS_CONFIG,
                autoscaling=settings.STAGE != "local",
                stacks=True,
                watch=settings.WATCH,
                home=Home(settings.ACCOUNT, settings.REGION),
            ),
            DynamoDBSnapshotStore(_table(settings.INVENTORY_TABLE)),
            _ledger,
            utc_now,
        ),
        traces=configured_traces(settings.TRACES, AWS_CONFIG, utc_now),
        audit=CloudTrailAuditTrail(
            boto3.client("cloudtrail", config=_PATIENT), _limiter.of("LookupEvents")
        )
        if settings.AUDIT_TRAIL
        else None,
    ),
    _ledger,
    utc_now,
    metrics_requested=_metrics.take,
    memories=_memories,
)


@entry
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Return {"evidence", "candidates"}; see `Freezer.freeze` for the errors."""
    frozen = freezer.freeze(event)
    candidates = len(frozen.candidates)
    metrics.add_metric(name="CandidatesFound", unit=MetricUnit.Count, value=candidates)
    for source in frozen.sources:
        if source.status in {"failed", "stale"}:
            metrics.add_metric(name=f"SourceGap_{source.name}", unit=MetricUnit.Count, value=1)
            logger.warning("a gap in the evidence", source=source.name, detail=source.detail)
        elif source.status == "ok" and source.detail:
            logger.warning("evidence without a part", source=source.name, detail=source.detail)
    return {"evidence": frozen.evidence, "candidates": candidates}
