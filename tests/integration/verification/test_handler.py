"""Verification as it is deployed, on moto: CloudWatch's alarm and metrics, SSM's service map."""

import importlib
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any, Literal

import boto3
import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.dynamodb.decision_store import DynamoDBDecisionStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.execution_ledger import DynamoDBExecutionLedger
from quorum.adapters.dynamodb.opening_store import DynamoDBOpeningStore
from quorum.domain.topology import Metrics, Service, ServiceMap
from tests.builders.candidates import RESOURCE
from tests.builders.events import INCIDENT
from tests.builders.executor import Case
from tests.integration.tables import create_table

WINDOW = 30


class Deployed:
    """The handler, and an incident that was acted on so many seconds ago."""

    def __init__(self, patch: pytest.MonkeyPatch, *, seconds_ago: int) -> None:
        self.cloudwatch = boto3.client("cloudwatch")
        now = datetime.now(UTC)
        self.effect = now - timedelta(seconds=seconds_ago)
        self._log(create_table("events"))
        boto3.client("ssm").put_parameter(
            Name="/quorum/service-map", Type="String", Value=service_map().model_dump_json()
        )
        self.handler = load_handler(patch)

    def call(self) -> Any:
        """Invoke the handler as the state machine does."""
        context = LambdaContext()
        context._function_name, context._aws_request_id = "verification", "request"
        context._memory_limit_in_mb, context._invoked_function_arn = 512, "arn"
        return self.handler.lambda_handler({"incident_id": INCIDENT, "mode": "action"}, context)

    def alarm(self, state: Literal["OK", "ALARM"]) -> None:
        """Set the alarm."""
        self.cloudwatch.put_metric_alarm(
            AlarmName="shop-checkout-errors",
            Namespace="Shop/checkout",
            MetricName="Errors",
            Statistic="Sum",
            Period=10,
            EvaluationPeriods=3,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
        self.cloudwatch.set_alarm_state(
            AlarmName="shop-checkout-errors", StateValue=state, StateReason="test"
        )

    def traffic(self, start: datetime, seconds: int) -> None:
        """Publish ten requests every ten seconds."""
        for n in range(0, seconds, 10):
            self.cloudwatch.put_metric_data(
                Namespace="Shop/checkout",
                MetricData=[
                    {
                        "MetricName": name,
                        "Timestamp": start + timedelta(seconds=n),
                        "Value": value,
                        "StorageResolution": 1,
                    }
                    for name, value in (("Requests", 10.0), ("Errors", 0.0))
                ],
            )

    def _log(self, table: Any) -> None:
        """Open, decide and act in an incident, with a given end."""
        self.onset = self.effect - timedelta(seconds=5)
        case = Case(start=self.onset)
        assert case.run() == "acted"
        decided, fence = case.decisions.find(INCIDENT, 1), case.ledger.find(INCIDENT, "act")
        opening = case.openings.find(INCIDENT)
        assert decided is not None
        assert fence is not None
        assert opening is not None
        DynamoDBDecisionStore(create_table("decisions")).decide(decided)
        DynamoDBExecutionLedger(create_table("executions"), case.clock).fence(fence)
        DynamoDBOpeningStore(create_table("openings"), case.clock).put(opening)
        create_table("verifications")
        store = DynamoDBEventStore(table)
        for event in case.store.load(INCIDENT):
            store.append(event)
        boto3.client("s3").create_bucket(Bucket="quorum-test-evidence")
        frozen = case.incident.evidence
        assert frozen is not None
        bundle = case.evidence.get_bundle(frozen.evidence)
        S3EvidenceStore(boto3.client("s3"), "quorum-test-evidence").put_bundle(bundle)


def service_map() -> ServiceMap:
    metrics = Metrics(namespace="Shop/checkout", dimensions={})
    return ServiceMap(services=(Service(resource=RESOURCE, metrics=metrics),))


def load_handler(patch: pytest.MonkeyPatch) -> ModuleType:
    """Import the handler with the environment that the stacks give it."""
    environment = {
        "EVENTS_TABLE": "quorum-test-events",
        "DECISIONS_TABLE": "quorum-test-decisions",
        "EXECUTIONS_TABLE": "quorum-test-executions",
        "OPENINGS_TABLE": "quorum-test-openings",
        "VERIFICATIONS_TABLE": "quorum-test-verifications",
        "EVIDENCE_BUCKET": "quorum-test-evidence",
        "SERVICE_MAP_PARAMETER": "/quorum/service-map",
        "POWERTOOLS_TRACE_DISABLED": "true",
        "POWERTOOLS_SERVICE_NAME": "verification",
    }
    for name, value in environment.items():
        patch.setenv(name, value)
    return importlib.reload(importlib.import_module("functions.verification.handler"))


def test_recovered_alarm_and_traffic_are_read_from_cloudwatch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deployed = Deployed(monkeypatch, seconds_ago=60)
    deployed.alarm("OK")
    deployed.traffic(deployed.onset - timedelta(seconds=60), 120)
    assert deployed.call() == {"verdict": "recovered"}

    deployed.alarm("ALARM")
    assert deployed.call() == {"verdict": "recovered"}


def test_an_alarm_alone_is_waited_for_and_is_no_failure_at_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deployed = Deployed(monkeypatch, seconds_ago=60)
    deployed.alarm("ALARM")
    assert deployed.call() == {"verdict": "pending"}

    monkeypatch.setenv("RECOVERY_CAP_SECONDS", "50")
    deployed.handler = importlib.reload(deployed.handler)
    assert deployed.call() == {"verdict": "unverified"}


def test_silence_is_unverified(monkeypatch: pytest.MonkeyPatch) -> None:
    deployed = Deployed(monkeypatch, seconds_ago=3000)
    deployed.alarm("OK")

    assert deployed.call() == {"verdict": "unverified"}
