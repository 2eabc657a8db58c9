"""The executor as it is deployed, on moto: from the tables to the alias, and back."""

import importlib
import json
from types import ModuleType
from typing import Any

import boto3
import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.shared.adapters.dynamodb_ballot_box import DynamoDBBallotBox
from functions.shared.adapters.dynamodb_decision_book import DynamoDBDecisionBook
from functions.shared.adapters.dynamodb_event_store import DynamoDBEventStore
from functions.shared.adapters.s3_evidence_store import S3EvidenceStore
from functions.shared.domain.events import RecoveryChecked
from functions.shared.domain.seats import SEATS
from functions.shared.recording import Recorder
from functions.shared.runtime import new_id, utc_now
from tests.integration.executor.models import Wire, answer
from tests.integration.executor.scenes import ACCOUNT, INCIDENT, ROLES, Alias
from tests.integration.tables import create_table
from tests.unit.executor.cases import Case, alarm, series

RULES = [{"verb": Alias.verb, "resources": ["lambda:check*"], "mode": "autonomous"}]
REGION = "us-east-1"


class Deployed:
    """The handler with its tables, an alarm that fires, and an incident that is decided."""

    def __init__(self, wire: Wire, patch: pytest.MonkeyPatch) -> None:
        self.scene = Alias(wire)
        wire.on("cloudformation.ListStacks", lambda **_: answer({"StackSummaries": []}))
        for kind in ("events", "decisions", "approvals", "executions", "operations"):
            create_table(kind)
        for seat in SEATS:
            create_table("votes", f"quorum-test-votes-{seat.name}")
        boto3.client("s3").create_bucket(Bucket="quorum-test-evidence")
        self._fire()
        self._decide()
        self.handler = load_handler(patch)

    @property
    def store(self) -> DynamoDBEventStore:
        """Return the log."""
        return DynamoDBEventStore(boto3.resource("dynamodb").Table("quorum-test-events"))

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
            AlarmName="checkout-errors",
            MetricName="Errors",
            Namespace="Shop",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
        cloudwatch.set_alarm_state(
            AlarmName="checkout-errors", StateValue="ALARM", StateReason="test"
        )

    def _decide(self) -> None:
        arn = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:checkout-errors"
        case = Case(
            chosen=self.scene.candidate(),
            opened={"alarm": alarm(arn=arn, account=ACCOUNT, region=REGION)},
            record=(series("requests", 100, version="1"),),
        )
        tables = boto3.resource("dynamodb")
        box = DynamoDBBallotBox(lambda seat: tables.Table(f"quorum-test-votes-{seat}"))
        for ballot in case.ballots._ballots.values():
            box.claim(ballot)
        decided = case.decisions.find(INCIDENT, 1)
        assert decided is not None
        DynamoDBDecisionBook(tables.Table("quorum-test-decisions")).decide(decided)
        frozen = case.incident.evidence
        assert frozen is not None
        bundle = case.evidence.get_bundle(frozen.key, frozen.evidence)
        S3EvidenceStore(boto3.client("s3"), "quorum-test-evidence").put_bundle(bundle)
        for fact in case.store.load(INCIDENT):
            self.store.append(fact)


def load_handler(patch: pytest.MonkeyPatch) -> ModuleType:
    """Import the handler with the environment that the stacks give it."""
    environment = {
        **{
            f"{kind.upper()}_TABLE": f"quorum-test-{kind}"
            for kind in ("events", "decisions", "approvals", "executions", "operations")
        },
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


@pytest.fixture
def deployed(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    return Deployed(wire, monkeypatch)


def test_the_alias_is_rolled_back_verified_as_failed_and_pointed_back(
    deployed: Deployed, wire: Wire
) -> None:
    assert deployed.call("act") == {"result": "acted"}
    assert deployed.scene.state() == ("1", {})
    assert deployed.call("act") == {"result": "acted"}
    assert wire.effects() == ["lambda:UpdateAlias"]

    failed = {"verdict": "failed", "alarm_state": "ALARM", "reason": "deadline"}
    numbers = {"requests": 1, "errors": 1, "compared_requests": 1, "seconds": 60}
    recorder = Recorder(deployed.store, now=utc_now, new_id=new_id)
    recorder.add(INCIDENT, RecoveryChecked, **failed, **numbers)

    assert deployed.call("undo") == {"result": "undone"}
    assert deployed.scene.state() == ("2", {})
    assert deployed.call("settle") == {"result": "settled"}
    assert deployed.facts() == [
        "InverseCaptured",
        "ActionTaken",
        "RecoveryChecked",
        "ActionUndone",
    ]


def test_the_stop_switch_in_the_table_stops_it(deployed: Deployed) -> None:
    deployed.handler.tools.operations.set_stopped("drill", "ann")

    assert deployed.call("act") == {"result": "refused"}
    assert deployed.scene.state() == ("2", {})
    assert deployed.facts() == ["ActionRefused"]


def test_without_a_rule_everything_is_in_shadow(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed = Deployed(wire, monkeypatch)
    tools = deployed.handler.ExecutorSettings.model_fields
    assert tools["AUTONOMY"].default == ()
    monkeypatch.delenv("AUTONOMY")
    deployed.handler = importlib.reload(deployed.handler)

    assert deployed.call("act") == {"result": "refused"}
    assert wire.effects() == []


def test_outcomes_are_counted(deployed: Deployed, capsys: pytest.CaptureFixture[str]) -> None:
    deployed.call("act")

    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert any("Act_acted" in line for line in printed)


def test_a_warming_event_does_nothing(deployed: Deployed) -> None:
    assert deployed.handler.lambda_handler({"quorum": "warm"}, context()) == {"warm": True}
    assert deployed.facts() == []
