"""A response that the network loses is never taken for another caller's write."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from quorum.adapters.dynamodb.breaker_store import DynamoDBBreakerStore
from quorum.adapters.dynamodb.execution_ledger import DynamoDBExecutionLedger
from quorum.adapters.dynamodb.operations import DynamoDBOperations
from quorum.adapters.dynamodb.read_model import DynamoDBReadModel
from quorum.domain.breaker_state import BreakerState
from quorum.domain.constants import Rate
from quorum.domain.incident_view import IncidentView
from tests.builders.events import INCIDENT
from tests.builders.incidents import execution
from tests.fakes import START, FakeClock
from tests.integration.tables import create_table


class Repeating:
    """A table whose SDK repeats every put, because the first response was lost."""

    def __init__(self, kind: str) -> None:
        self._table = create_table(kind)
        self.name, self.get_item = self._table.name, self._table.get_item

    def put_item(self, **put: Any) -> Any:
        """Put twice; return or raise what the second put does."""
        self._table.put_item(**put)
        return self._table.put_item(**put)


FENCE = execution()
VIEW = IncidentView(incident_id=INCIDENT, version=3, status="open", opened_at=START)


@pytest.mark.parametrize(
    ("kind", "write", "expected"),
    [
        ("executions", lambda t: DynamoDBExecutionLedger(t, FakeClock()).fence(FENCE), None),
        (
            "operations",
            lambda t: DynamoDBOperations(t, FakeClock()).admit("email", Rate(1, 1), START),
            True,
        ),
        (
            "operations",
            lambda t: DynamoDBOperations(t, FakeClock()).hold(
                "lambda:a", INCIDENT, START + timedelta(hours=1)
            ),
            INCIDENT,
        ),
        ("operations", lambda t: DynamoDBBreakerStore(t).swap("m", BreakerState(revision=1)), True),
        ("view", lambda t: DynamoDBReadModel(t).put(VIEW), True),
    ],
)
def test_a_put_that_the_sdk_repeats_succeeds_once(
    kind: str, write: Callable[[Any], Any], expected: Any
) -> None:
    table = Repeating(kind)
    assert write(table) == expected


def test_the_mark_of_a_put_is_never_part_of_what_is_read() -> None:
    table = Repeating("executions")
    ledger = DynamoDBExecutionLedger(table, FakeClock())  # type: ignore[arg-type]
    ledger.fence(FENCE)
    assert ledger.fence(FENCE) == FENCE
    assert ledger.find(INCIDENT, "act") == FENCE
