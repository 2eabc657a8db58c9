"""The wired function: one closing in the log, and open keys given back."""

from datetime import timedelta
from types import ModuleType

import pytest

from quorum.adapters.dynamodb.closing_store import DynamoDBClosingStore
from quorum.adapters.dynamodb.decision_store import DynamoDBDecisionStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.execution_ledger import DynamoDBExecutionLedger
from quorum.adapters.dynamodb.opening_store import DynamoDBOpeningStore
from quorum.adapters.dynamodb.operations import DynamoDBOperations
from quorum.adapters.dynamodb.verdict_store import DynamoDBVerdictStore
from quorum.domain.events import IncidentClosed
from quorum.runtime.lambda_runtime import WARMING, utc_now
from tests.builders.closing import FIRST, SECOND, Ending
from tests.builders.events import INCIDENT
from tests.integration.handlers import CONTEXT, load
from tests.integration.tables import create_table

BOOKS = ("decisions", "executions", "verifications", "openings")
EVENT = {"incident_id": INCIDENT, "outcome": "resolved", "reason": "recovered"}


class Deployed:
    """The function, and an incident of two alarms that recovered."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.store = DynamoDBEventStore(create_table("events"))
        self.operations = DynamoDBOperations(create_table("operations"), utc_now)
        ending = Ending().decided().taken().checked("recovered")
        for event in ending.store.load(INCIDENT):
            self.store.append(event)
        self.closings = DynamoDBClosingStore(create_table("closings"))
        _copy(ending)
        until = utc_now() + timedelta(hours=1)
        for resource in ("lambda:checkout", "dynamodb:orders"):
            self.operations.hold(resource, INCIDENT, until)
        self.operations.hold("lambda:payment", "b" * 32, until)
        self.module: ModuleType = load(
            patch,
            "closing",
            EVENTS_TABLE="quorum-test-events",
            OPERATIONS_TABLE="quorum-test-operations",
            **{
                f"{name.upper()}_TABLE": f"quorum-test-{name}"
                for name in (*BOOKS, "closings", "approvals")
            },
        )


def _copy(ending: Ending) -> None:
    """Put what the other functions have on record into their tables."""
    tables = {name: create_table(name) for name in BOOKS}
    create_table("approvals")
    decided, opening = ending.decisions.find(INCIDENT, 1), ending.openings.find(INCIDENT)
    fence, verdict = ending.ledger.find(INCIDENT, "act"), ending.verdicts.find(INCIDENT, "action")
    assert decided is not None
    assert opening is not None
    assert fence is not None
    assert verdict is not None
    DynamoDBDecisionStore(tables["decisions"]).decide(decided)
    DynamoDBExecutionLedger(tables["executions"], utc_now).fence(fence)
    DynamoDBVerdictStore(tables["verifications"]).put(verdict)
    DynamoDBOpeningStore(tables["openings"], utc_now).put(opening)


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Deployed:
    return Deployed(monkeypatch)


def test_handler_closes_once_releases_open_keys_and_stores_the_end(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = [deployed.module.lambda_handler(EVENT, CONTEXT) for _ in range(2)]

    assert answers == [{"outcome": "resolved"}] * 2
    (closed,) = [f for f in deployed.store.load(INCIDENT) if isinstance(f, IncidentClosed)]
    assert '"Closed_resolved"' in capsys.readouterr().out
    resources = ("lambda:checkout", "dynamodb:orders", "lambda:payment")
    assert [deployed.operations.holder(resource) for resource in resources] == [
        None,
        None,
        "b" * 32,
    ]
    for alarm in (FIRST, SECOND):
        newest = deployed.closings.of_alarm(alarm.arn)
        assert newest is not None
        assert newest.ended_at == pytest.approx(closed.occurred_at.timestamp(), abs=5)


def test_a_warming_event_closes_nothing(deployed: Deployed) -> None:
    assert deployed.module.lambda_handler(WARMING, CONTEXT) == {"warm": True}
    assert not any(isinstance(f, IncidentClosed) for f in deployed.store.load(INCIDENT))
