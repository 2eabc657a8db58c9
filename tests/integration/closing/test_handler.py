"""The wired function: one closing in the log, and open keys given back."""

from datetime import timedelta
from types import ModuleType

import pytest

from functions.shared.adapters.dynamodb_event_store import DynamoDBEventStore
from functions.shared.adapters.dynamodb_operations import DynamoDBOperations
from functions.shared.domain.events import IncidentClosed
from functions.shared.runtime import WARMING, utc_now
from tests.integration.communication.wiring import CONTEXT, load
from tests.integration.tables import create_table
from tests.unit.closing.endings import FIRST, INCIDENT, SECOND, Ending

EVENT = {"incident_id": INCIDENT, "outcome": "resolved", "reason": "recovered"}


class Deployed:
    """The function, and an incident of two alarms that recovered."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.store = DynamoDBEventStore(create_table("events"))
        self.operations = DynamoDBOperations(create_table("operations"), utc_now)
        for fact in Ending().decided().taken().checked("recovered").store.load(INCIDENT):
            self.store.append(fact)
        until = utc_now() + timedelta(hours=1)
        for resource in ("lambda:checkout", "dynamodb:orders"):
            self.operations.hold(resource, INCIDENT, until)
        self.operations.hold("lambda:payment", "b" * 32, until)
        self.module: ModuleType = load(
            patch,
            "closing",
            EVENTS_TABLE="quorum-test-events",
            OPERATIONS_TABLE="quorum-test-operations",
        )


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Deployed:
    return Deployed(monkeypatch)


def test_it_closes_once_releases_its_own_keys_and_remembers(
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
        assert deployed.operations.closed_at(alarm.arn) == closed.occurred_at


def test_a_warming_event_closes_nothing(deployed: Deployed) -> None:
    assert deployed.module.lambda_handler(WARMING, CONTEXT) == {"warm": True}
    assert not any(isinstance(f, IncidentClosed) for f in deployed.store.load(INCIDENT))
