"""Wiring of the inventory: a scheduled run in; snapshots and changes out."""

import time
from typing import Any, Final

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.inventory.survey import CoverageReports, Survey
from quorum.adapters.aws.paced_client import paced
from quorum.adapters.dynamodb.configured_topology import DynamoDBConfiguredTopology
from quorum.adapters.dynamodb.coverage_store import DynamoDBCoverageStore
from quorum.adapters.dynamodb.execution_ledger import DynamoDBExecutionLedger
from quorum.adapters.dynamodb.snapshot_store import DynamoDBSnapshotStore
from quorum.adapters.dynamodb.table import tables
from quorum.adapters.resource_state.aws_state import aws_state
from quorum.adapters.resource_state.described_requests import Home
from quorum.adapters.resource_state.row_clients import row_clients
from quorum.adapters.telemetry.cloudwatch_alarms import CloudWatchAlarms
from quorum.adapters.telemetry.tagged_alarms import TaggedAlarms
from quorum.adapters.topology.listed_topology import ListedTopology
from quorum.adapters.topology.merged_topology import MergedTopology
from quorum.adapters.topology.ssm_topology import SsmTopology
from quorum.adapters.topology.tag_topology import TagTopology
from quorum.application.inventory import Inventory
from quorum.application.pacing import Pacing
from quorum.domain.coverage import Settings as CoverageSettings
from quorum.runtime.lambda_runtime import AWS_CONFIG, Settings, entry, logger, metrics, utc_now
from quorum.services.naming import Place
from quorum.services.rows import QUOTAS

RUN_SECONDS: Final = 200.0
"""Time to send requests in, less than the function's timeout."""


class InventorySettings(Settings):
    """Environment variables."""

    INVENTORY_TABLE: str
    EXECUTIONS_TABLE: str
    SERVICE_MAP_PARAMETER: str
    ALARM_PREFIXES: tuple[str, ...]
    ALARM_TAGS: dict[str, str]
    STAGE: str
    WATCH: tuple[str, ...] = ()
    """Patterns of the resources whose settings may be read."""
    LOG_GROUPS: tuple[str, ...]
    OPERATIONS_TABLE: str
    OWN_PREFIX: str
    PARTITION: str
    ACCOUNT: str
    REGION: str


settings: Final = InventorySettings.from_env()
_table: Final = tables(AWS_CONFIG)
_home: Final = Home(settings.ACCOUNT, settings.REGION)
_edges: Final = DynamoDBConfiguredTopology(_table(settings.INVENTORY_TABLE))
_pacing: Final = Pacing(QUOTAS, clock=time.monotonic, sleep=time.sleep)
_on_aws: Final = settings.STAGE != "local"
_wait: Final = _pacing.wait if _on_aws else None
_tagging: Final = paced(boto3.client("resourcegroupstaggingapi", config=AWS_CONFIG), _wait)
survey: Final = Survey(
    MergedTopology(
        SsmTopology(boto3.client("ssm", config=AWS_CONFIG), settings.SERVICE_MAP_PARAMETER),
        TagTopology(_tagging),
        _edges,
    ),
    CloudWatchAlarms(paced(boto3.client("cloudwatch", config=AWS_CONFIG), _wait)),
    settings.ALARM_PREFIXES,
    TaggedAlarms(_tagging, settings.ALARM_TAGS),
    Inventory(
        aws_state(
            AWS_CONFIG,
            autoscaling=_on_aws,
            watch=settings.WATCH,
            home=_home,
            wait=_wait,
            seconds=RUN_SECONDS,
        ),
        DynamoDBSnapshotStore(_table(settings.INVENTORY_TABLE)),
        DynamoDBExecutionLedger(_table(settings.EXECUTIONS_TABLE), utc_now),
        utc_now,
    ),
    ListedTopology(row_clients(AWS_CONFIG, _wait), settings.WATCH, _home),
    _edges,
    CoverageReports(
        Place(settings.PARTITION, settings.REGION, settings.ACCOUNT),
        CoverageSettings(settings.WATCH, settings.LOG_GROUPS, settings.SERVICE_MAP_PARAMETER),
        settings.OWN_PREFIX,
        DynamoDBCoverageStore(_table(settings.OPERATIONS_TABLE)),
        utc_now,
    ),
)


@entry
def lambda_handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Return the numbers of resources read, of changes found and of failures."""
    _pacing.begin(RUN_SECONDS)
    seen, changed, failed = survey.run()
    for reason in failed:
        logger.warning("resource not read", reason=reason)
    metrics.add_metric(name="ResourcesSeen", unit=MetricUnit.Count, value=seen)
    metrics.add_metric(name="ChangesSeen", unit=MetricUnit.Count, value=changed)
    metrics.add_metric(name="ResourcesNotSeen", unit=MetricUnit.Count, value=len(failed))
    return {"seen": seen, "changed": changed, "failed": len(failed)}
