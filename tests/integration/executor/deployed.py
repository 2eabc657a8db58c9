"""The executor's handler with its tables, an alarm that fires and a decided incident."""

import importlib
import json
from datetime import timedelta
from types import ModuleType
from typing import Any

import boto3
import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.dynamodb.ballot_box import DynamoDBBallotBox
from quorum.adapters.dynamodb.decision_store import DynamoDBDecisionStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.opening_store import DynamoDBOpeningStore
from quorum.domain.seats import SEATS
from quorum.runtime.lambda_runtime import utc_now
from tests.builders.alarms import ACCOUNT, ALARM, alarm
from tests.builders.events import INCIDENT
from tests.builders.evidence import series
from tests.builders.executor import Case
from tests.integration.executor.lambda_scenes import Alias
from tests.integration.executor.models import Wire, answer
from tests.integration.executor.scenes import ROLES
from tests.integration.keys import SeatKeys, create_key
from tests.integration.tables import create_table, table_named

RULES = [{"verb": Alias.verb, "resources": ["lambda:check*"], "mode": "autonomous"}]


REGION = "us-east-1"
KINDS = (
    "events",
    "decisions",
    "approvals",
    "executions",
    "operations",
    "controls",
    "overrides",
    "openings",
    "closings",
    "verifications",
    "stop",
)


class Deployed:
    """The handler with its tables, an alarm that fires, and an incident that is decided."""

    def __init__(self, wire: Wire, patch: pytest.MonkeyPatch) -> None:
        self.scene = Alias(wire)
        wire.on("cloudformation.ListStacks", lambda **_: answer({"StackSummaries": []}))
        for kind in KINDS:
            create_table(kind)
        for seat in SEATS:
            create_table("votes", f"quorum-test-votes-{seat.name}")
        boto3.client("s3").create_bucket(Bucket="quorum-test-evidence")
        self.keys = SeatKeys()
        self._fire()
        self._decide()
        self.handler = load_handler(patch, self.keys)

    @property
    def store(self) -> DynamoDBEventStore:
        """Return the log."""
        return DynamoDBEventStore(table_named("quorum-test-events"))

    def call(self, operation: str) -> Any:
        """Invoke the handler as the state machine does."""
        event = {"operation": operation, "incident_id": INCIDENT, "round": 1}
        return self.handler.lambda_handler(event, context())

    def facts(self) -> list[str]:
        """Return what was recorded after the decision."""
        names: list[str] = [fact.type for fact in self.store.load(INCIDENT)]
        return names[names.index("DecisionMade") + 1 :]

    def _fire(self) -> None:
        cloudwatch = boto3.client("cloudwatch")
        cloudwatch.put_metric_alarm(
            AlarmName=ALARM,
            MetricName="Errors",
            Namespace="Shop",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
        cloudwatch.set_alarm_state(AlarmName=ALARM, StateValue="ALARM", StateReason="test")

    def _decide(self) -> None:
        arn = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{ALARM}"
        case = Case(
            chosen=self.scene.candidate(),
            start=utc_now() - timedelta(seconds=9),
            opened={"alarm": alarm(arn=arn, region=REGION)},
            record=(series("requests", 100, version="1"),),
            seal=self.keys.sealed,
        )
        box = DynamoDBBallotBox(lambda seat: table_named(f"quorum-test-votes-{seat}"))
        for ballot in case.ballots._ballots.values():
            box.claim(ballot)
            box.cast(ballot.vote, *case.ballots.read(ballot.vote.seat, INCIDENT, 1).signed_votes)
        decided = case.decisions.find(INCIDENT, 1)
        assert decided is not None
        DynamoDBDecisionStore(table_named("quorum-test-decisions")).decide(decided)
        frozen = case.incident.evidence
        assert frozen is not None
        bundle = case.evidence.get_bundle(frozen.evidence)
        S3EvidenceStore(boto3.client("s3"), "quorum-test-evidence").put_bundle(bundle)
        opening = case.openings.find(INCIDENT)
        assert opening is not None
        DynamoDBOpeningStore(table_named("quorum-test-openings"), case.clock).put(opening)
        for fact in case.store.load(INCIDENT):
            self.store.append(fact)


def load_handler(patch: pytest.MonkeyPatch, keys: SeatKeys) -> ModuleType:
    """Import the handler with the environment that the stacks give it."""
    environment = {
        **{f"{kind.upper()}_TABLE": f"quorum-test-{kind}" for kind in KINDS},
        "SEAT_KEYS": keys.setting(),
        "APPROVAL_KEY": create_key(),
        "VOTES_TABLE_PREFIX": "quorum-test-votes-",
        "EVIDENCE_BUCKET": "quorum-test-evidence",
        "VERB_ROLE_PREFIX": ROLES,
        "ACCOUNT": ACCOUNT,
        "REGION": REGION,
        "PARTITION": "aws",
        "AUTONOMY": json.dumps(RULES),
        "POWERTOOLS_TRACE_DISABLED": "true",
        "POWERTOOLS_SERVICE_NAME": "executor",
    }
    for name, value in environment.items():
        patch.setenv(name, value)
    return importlib.reload(importlib.import_module("functions.executor.handler"))


def context() -> LambdaContext:
    found = LambdaContext()
    found._function_name = "executor"
    found._memory_limit_in_mb = 512
    found._invoked_function_arn = "arn"
    found._aws_request_id = "request"
    return found
