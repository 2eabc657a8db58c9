"""The contract of the operations table: keys, transitions, closings, the stop switch."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from quorum.adapters.dynamodb.operations import DynamoDBOperations
from quorum.domain.constants import Rate
from quorum.domain.errors import StoreUnavailableError
from quorum.ports.execution import Operations, Transition
from tests.builders.events import INCIDENT, OTHER
from tests.fakes import START, FakeClock, InMemoryOperations
from tests.integration.tables import create_table, table_named

ALARM = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:shop"


KEY = "lambda:checkout"


TICK = timedelta(microseconds=1)


@pytest.fixture
def clock() -> FakeClock:
    """Return the clock that the operations read."""
    return FakeClock(START)


@pytest.fixture(params=["in_memory", "dynamodb"])
def operations(request: pytest.FixtureRequest, clock: FakeClock) -> Operations:
    """Return the operations, once in memory and once in moto."""
    if request.param == "in_memory":
        return InMemoryOperations(clock)
    return DynamoDBOperations(create_table("operations"), clock)


def test_newest_transition_is_stored_and_never_replaced_by_an_older_one(
    operations: Operations,
) -> None:
    later = START + TICK
    assert operations.transition(ALARM) is None
    assert operations.record_transition(ALARM, START, INCIDENT) is None
    assert operations.record_transition(ALARM, START, INCIDENT) is None
    assert operations.record_transition(ALARM, later, OTHER) is None
    assert operations.record_transition(ALARM, START, INCIDENT) == later
    assert operations.transition(ALARM) == Transition(later, OTHER)


def test_rejected_transition_is_replaced_and_no_other(
    operations: Operations,
) -> None:
    later, latest = START + timedelta(minutes=1), START + timedelta(minutes=2)
    operations.record_transition(ALARM, latest, OTHER)
    assert operations.record_transition(ALARM, START, INCIDENT, later) == latest
    assert operations.record_transition(ALARM, START, INCIDENT, latest) is None
    assert operations.transition(ALARM) == Transition(START, INCIDENT)


def test_an_open_key_has_one_holder(operations: Operations, clock: FakeClock) -> None:
    until = START + timedelta(minutes=10)
    assert operations.holder(KEY) is None
    assert operations.hold(KEY, INCIDENT, until) == INCIDENT
    assert operations.hold(KEY, OTHER, until) == INCIDENT
    assert operations.holder(KEY) == INCIDENT
    clock.advance(600)
    assert operations.holder(KEY) is None
    assert operations.hold(KEY, OTHER, clock.now + TICK) == OTHER


def test_holding_an_open_key_again_extends_it(operations: Operations, clock: FakeClock) -> None:
    operations.hold(KEY, INCIDENT, START + timedelta(minutes=1))
    operations.hold(KEY, INCIDENT, START + timedelta(minutes=2))
    clock.advance(90)
    assert operations.hold(KEY, OTHER, START + timedelta(hours=1)) == INCIDENT


def test_only_the_holder_releases_an_open_key(operations: Operations) -> None:
    until = START + timedelta(minutes=10)
    operations.hold(KEY, INCIDENT, until)
    operations.hold("lambda:cart", OTHER, until)
    operations.release(INCIDENT, [KEY, "lambda:cart", "lambda:unknown"])
    assert operations.holder(KEY) is None
    assert operations.holder("lambda:cart") == OTHER


def test_concurrent_claims_of_an_open_key_return_one_holder(operations: Operations) -> None:
    until = START + timedelta(minutes=10)
    with ThreadPoolExecutor(8) as pool:
        who = pool.map(lambda n: operations.hold(KEY, f"{n:032x}", until), range(16))
        assert len(set(who)) == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda operations: operations.holder(KEY),
        lambda operations: operations.hold(KEY, INCIDENT, START),
        lambda operations: operations.release(INCIDENT, [KEY]),
        lambda operations: operations.admit("email", Rate(1, 1), START),
        lambda operations: operations.record_transition(ALARM, START, INCIDENT),
    ],
)
def test_unusable_table_raises_store_unavailable(
    call: Callable[[Operations], Any], clock: FakeClock
) -> None:
    missing = table_named("nowhere")
    with pytest.raises(StoreUnavailableError, match="ResourceNotFound"):
        call(DynamoDBOperations(missing, clock))


def test_expiring_items_have_their_expiry(clock: FakeClock) -> None:
    table = create_table("operations")
    operations = DynamoDBOperations(table, clock)
    operations.hold(KEY, INCIDENT, START + timedelta(seconds=1, microseconds=1))
    operations.record_transition(ALARM, START, INCIDENT)
    operations.admit("email", Rate(1, 60), START)
    expires = {str(item["id"]): item.get("expires") for item in table.scan()["Items"]}
    noon = int(START.timestamp())
    assert expires.pop(f"open#{KEY}") == noon + 2
    assert len(expires) == 2
    assert all(int(str(at)) > noon + 3600 for at in expires.values())
