"""The wired function: its schedule sweeps, an execution's end is handled at once."""

from datetime import timedelta
from types import ModuleType
from typing import Any

import boto3
import pytest

from quorum.adapters.dynamodb.closing_store import DynamoDBClosingStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.opening_store import DynamoDBOpeningStore
from quorum.adapters.dynamodb.operations import DynamoDBOperations
from quorum.application.recorder import Recorder
from quorum.domain.events import IncidentClosed, IncidentOpened, WatchdogAlerted
from quorum.domain.incident_records import Ending, Opening
from quorum.domain.messages import Waiting
from quorum.runtime.lambda_runtime import WARMING, new_id, utc_now
from tests.builders.alarms import alarm
from tests.builders.events import INCIDENT
from tests.integration.handlers import CONTEXT, bodies, create_queue, load
from tests.integration.intake.deployed import create_machine
from tests.integration.tables import create_table

CLOSING = "arn:aws:lambda:us-east-1:123456789012:function:quorum-test-closing:live"
SCHEDULED = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}


class Deployed:
    """The function, and an incident that was opened six minutes ago."""

    def __init__(self, patch: pytest.MonkeyPatch, **environment: str) -> None:
        self.store = DynamoDBEventStore(create_table("events"))
        self.operations = DynamoDBOperations(create_table("operations"), utc_now)
        self.queue, self.machine = create_queue(), create_machine()
        self.outbox, self.started = create_queue("quorum-test-outbox"), ""
        openings = DynamoDBOpeningStore(create_table("openings"), utc_now)
        self.closings = DynamoDBClosingStore(create_table("closings"))
        create_table("decisions")
        opened = utc_now() - timedelta(minutes=6)
        openings.put(
            Opening(
                incident_id=INCIDENT,
                alarms=(alarm(),),
                opened_at=opened.timestamp(),
                flapping=False,
                storm=False,
            )
        )
        self.recorder = Recorder(self.store, now=lambda: opened, new_id=new_id)
        self.recorder.record_once(INCIDENT, IncidentOpened, alarm=alarm(), flapping=False)
        self.operations.hold("lambda:shop-checkout", INCIDENT, utc_now() + timedelta(days=1))
        self.module: ModuleType = load(
            patch,
            "watchdog",
            **{
                "EVENTS_TABLE": "quorum-test-events",
                "OPENINGS_TABLE": "quorum-test-openings",
                "CLOSINGS_TABLE": "quorum-test-closings",
                "DECISIONS_TABLE": "quorum-test-decisions",
                "OPERATIONS_TABLE": "quorum-test-operations",
                "CLOSING_ARN": CLOSING,
                "STATE_MACHINE_ARN": self.machine,
                "DEAD_LETTER_QUEUE_URL": self.queue,
                "OUTBOX_QUEUE_URL": self.outbox,
                "ROUTES": '{"channels": ["email"]}',
                **environment,
            },
        )
        patch.setattr(self.module.functions, "ask", self._close)

    def _close(self, arn: str, request: dict[str, Any]) -> dict[str, Any]:
        """Answer as the closing function does."""
        assert arn == CLOSING
        at = utc_now().timestamp()
        self.closings.put(
            Ending(incident_id=request["incident_id"], outcome=request["outcome"], ended_at=at)
        )
        fields = {name: request[name] for name in ("outcome", "reason")}
        self.recorder.record_once(INCIDENT, IncidentClosed, **fields)
        self.operations.release(INCIDENT, ["lambda:shop-checkout"])
        return {"outcome": request["outcome"]}

    def start(self) -> str:
        """Start the incident's execution; return its ARN."""
        client = boto3.client("stepfunctions")
        started = client.start_execution(stateMachineArn=self.machine, name=INCIDENT)
        return started["executionArn"]

    def call(self, event: dict[str, Any]) -> Any:
        """Invoke the function."""
        return self.module.lambda_handler(event, CONTEXT)

    def ended(self, status: str, machine: str | None = None, *, really: bool = True) -> Any:
        """Report the end of the incident's execution, which is aborted if it really ended."""
        if really and not self.started:
            self.started = self.start()
            boto3.client("stepfunctions").stop_execution(executionArn=self.started)
        detail = {"stateMachineArn": machine or self.machine, "name": INCIDENT, "status": status}
        return self.call({"source": "aws.states", "detail": detail})

    def notified(self) -> list[str]:
        """Return the subjects of the queued messages."""
        waiting = map(Waiting.model_validate_json, bodies(self.outbox))
        return [one.notice.about for one in waiting]

    def findings(self) -> list[str]:
        """Return the watchdog's findings in the log."""
        events = self.store.load(INCIDENT)
        return [fact.finding for fact in events if isinstance(fact, WatchdogAlerted)]

    def closed(self) -> list[str]:
        """Return the reasons of the closings in the log."""
        return [f.reason for f in self.store.load(INCIDENT) if isinstance(f, IncidentClosed)]


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Deployed:
    return Deployed(monkeypatch)


def test_sweep_starts_and_alerts_about_an_undecided_incident_without_execution(
    deployed: Deployed,
) -> None:
    assert deployed.call(SCHEDULED) == {"execution_missing": 1, "undecided": 1}

    client = boto3.client("stepfunctions")
    (execution,) = client.list_executions(stateMachineArn=deployed.machine)["executions"]
    assert execution["name"] == INCIDENT
    assert len(deployed.notified()) == 1
    assert deployed.findings() == ["execution_missing", "undecided"]


def test_sweep_finds_a_stopped_execution(deployed: Deployed) -> None:
    boto3.client("stepfunctions").stop_execution(executionArn=deployed.start())

    assert deployed.call(SCHEDULED) == {"execution_aborted": 1}
    assert deployed.call(SCHEDULED) == {}

    assert deployed.closed() == ["execution_aborted"]
    assert deployed.operations.holder("lambda:shop-checkout") is None
    assert deployed.notified() == ["execution_aborted"]


def test_failed_execution_is_closed_and_alerted_at_once(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    assert deployed.ended("ABORTED") == {"execution_aborted": 1}
    assert deployed.ended("ABORTED") == {"execution_aborted": 1}

    assert deployed.closed() == ["execution_aborted"]
    assert deployed.operations.holder("lambda:shop-checkout") is None
    assert len(deployed.notified()) == 1
    assert '"Watchdog_execution_aborted"' in capsys.readouterr().out


def test_failure_unknown_to_step_functions_changes_nothing(deployed: Deployed) -> None:
    assert deployed.ended("FAILED", really=False) == {}
    deployed.start()
    assert deployed.ended("FAILED", really=False) == {}

    assert deployed.closed() == []
    assert deployed.notified() == []


@pytest.mark.parametrize("status", ["RUNNING", "SUCCEEDED"])
def test_other_status_changes_change_nothing(deployed: Deployed, status: str) -> None:
    assert deployed.ended(status) == {}
    assert deployed.ended("FAILED", machine="arn:other") == {}
    assert deployed.closed() == []


def test_failed_execution_is_closed_without_a_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    deployed = Deployed(monkeypatch, ROUTES="{}")

    assert deployed.ended("TIMED_OUT") == {"execution_aborted": 1}
    assert deployed.closed() == ["execution_aborted"]
    assert deployed.notified() == []


def test_alert_that_cannot_be_queued_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = "https://sqs.us-east-1.amazonaws.com/123456789012/gone"
    deployed = Deployed(monkeypatch, OUTBOX_QUEUE_URL=gone)

    deployed.ended("FAILED")

    assert len(bodies(deployed.queue)) == 1
    assert deployed.findings() == ["execution_aborted"]


def test_warming_event_sweeps_nothing(deployed: Deployed) -> None:
    assert deployed.call(WARMING) == {"warm": True}
    assert deployed.findings() == []
