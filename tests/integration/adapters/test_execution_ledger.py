"""The contract of fences and leases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from quorum.adapters.dynamodb.execution_ledger import DynamoDBExecutionLedger
from quorum.domain.errors import InvalidHistoryError
from quorum.domain.executions import Execution, FencedPair
from quorum.ports.execution import ExecutionLedger
from tests.builders import incidents
from tests.builders.events import INCIDENT, OTHER
from tests.fakes import START, FakeClock, InMemoryExecutionLedger
from tests.integration.tables import create_table

RESOURCE = "lambda:checkout"
LATER = START + timedelta(minutes=10)


@pytest.fixture
def clock() -> FakeClock:
    """Return the clock that the ledger reads."""
    return FakeClock(START)


@pytest.fixture(params=["in_memory", "dynamodb"])
def ledger(request: pytest.FixtureRequest, clock: FakeClock) -> ExecutionLedger:
    """Return the ledger, once in memory and once in moto."""
    if request.param == "in_memory":
        return InMemoryExecutionLedger(clock)
    return DynamoDBExecutionLedger(create_table("executions"), clock)


def execution(incident_id: str = INCIDENT, minutes_ago: float = 0, **fields: object) -> Execution:
    """Return a fence for an effect."""
    at = START - timedelta(minutes=minutes_ago, microseconds=1)
    return incidents.execution(incident_id=incident_id, started_at=at.timestamp(), **fields)


def test_an_effect_is_fenced_once(ledger: ExecutionLedger) -> None:
    assert ledger.find(INCIDENT, "act") is None
    assert ledger.fence(execution()) is None
    assert ledger.fence(execution()) == execution()
    assert ledger.fence(execution(action="sqs.redrive:000000000000")) == execution()
    assert ledger.find(INCIDENT, "act") == execution()


def test_acting_and_undoing_have_fences_of_their_own(ledger: ExecutionLedger) -> None:
    assert ledger.fence(execution()) is None
    assert ledger.fence(execution(operation="undo")) is None
    assert ledger.fence(execution(OTHER)) is None


def test_outcome_of_an_effect_is_stored_with_its_fence(ledger: ExecutionLedger) -> None:
    ledger.fence(execution())
    done = execution(state="done", written={"alias_version": "1", "n": 3}, request_id="r")
    ledger.finish(done)
    assert ledger.fence(execution()) == done


def test_an_effect_without_a_fence_cannot_end(ledger: ExecutionLedger) -> None:
    with pytest.raises(InvalidHistoryError):
        ledger.finish(execution(state="done"))
    assert ledger.find(INCIDENT, "act") is None


def test_one_of_many_concurrent_fences_succeeds(ledger: ExecutionLedger) -> None:
    with ThreadPoolExecutor(8) as pool:
        fenced = pool.map(lambda _: ledger.fence(execution()) is None, range(16))
        assert sum(fenced) == 1


def test_a_resource_is_leased_to_one_incident(ledger: ExecutionLedger, clock: FakeClock) -> None:
    assert ledger.lease(RESOURCE, INCIDENT, LATER) == INCIDENT
    assert ledger.lease(RESOURCE, OTHER, LATER) == INCIDENT
    assert ledger.lease("lambda:cart", OTHER, LATER) == OTHER
    clock.advance(600)
    assert ledger.lease(RESOURCE, OTHER, LATER + timedelta(minutes=1)) == OTHER


def test_released_resource_is_not_leased_before_its_cooldown_ends(
    ledger: ExecutionLedger, clock: FakeClock
) -> None:
    ledger.lease(RESOURCE, INCIDENT, LATER)
    ledger.release(RESOURCE, INCIDENT, START + timedelta(minutes=5))
    clock.advance(299)
    assert ledger.lease(RESOURCE, OTHER, LATER) == INCIDENT
    clock.advance(1)
    assert ledger.lease(RESOURCE, OTHER, LATER) == OTHER


def test_only_its_holder_ends_a_lease(ledger: ExecutionLedger) -> None:
    ledger.lease(RESOURCE, INCIDENT, LATER)
    ledger.release(RESOURCE, OTHER, START)
    assert ledger.lease(RESOURCE, OTHER, LATER) == INCIDENT
    ledger.release("lambda:unknown", OTHER, LATER)
    assert ledger.lease("lambda:unknown", INCIDENT, LATER) == INCIDENT


def test_effects_are_counted_from_a_time_on_across_midnight(
    ledger: ExecutionLedger, clock: FakeClock
) -> None:
    for n, minutes in enumerate((30, 61, 14 * 60, 5)):
        ledger.fence(execution(f"{n:032x}", minutes_ago=minutes))
    assert len(ledger.effects_since(START - timedelta(hours=1))) == 2
    started = [e.started_at for e in ledger.effects_since(START - timedelta(hours=15))]
    assert len(started) == 4
    assert started == sorted(started)
    assert ledger.effects_since(clock.now) == []


def test_actions_are_numbered_and_each_number_is_given_once(ledger: ExecutionLedger) -> None:
    first, second = execution(), execution(number=2, round=3)
    undo = execution(operation="undo", number=2, round=3)
    for fence in (first, second, undo):
        assert ledger.fence(fence) is None
    assert ledger.fence(execution(number=2, round=4)) == second

    assert ledger.find(INCIDENT, "act", 2) == second
    assert ledger.actions(INCIDENT) == (FencedPair(first, None), FencedPair(second, undo))
    assert ledger.actions(OTHER) == ()
