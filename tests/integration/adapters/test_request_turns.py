"""The contract of turns to send requests: never more than the rate and one burst, and no fewer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorum.adapters.dynamodb.request_turns import DynamoDBRequestTurns
from quorum.domain.constants import API_RATES, Rate
from quorum.domain.errors import StoreUnavailableError
from quorum.ports.telemetry import RequestTurns
from tests.fakes import START as NOON
from tests.fakes import InMemoryRequestTurns
from tests.integration.tables import create_table, table_named

KINDS: Final = ("in_memory", "dynamodb")
FRESH: Final = map(str, count())
FIVE: Final = Rate(5, 1)
SECOND: Final = timedelta(seconds=1)


def table() -> Any:
    try:
        return create_table("operations")
    except boto3.client("dynamodb").exceptions.ResourceInUseException:
        return table_named("quorum-test-operations")


def workers(kind: str, number: int = 1) -> list[RequestTurns]:
    """Return so many functions' turns, which share one store."""
    if kind == "in_memory":
        return [InMemoryRequestTurns()] * number
    shared = table()
    return [DynamoDBRequestTurns(shared) for _ in range(number)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("api", sorted(API_RATES))
def test_burst_goes_at_once_and_what_follows_at_the_rate(kind: str, api: str) -> None:
    rate, (turns,) = API_RATES[api], workers(kind)
    spacing = timedelta(seconds=rate.per_seconds) / rate.sends
    name, latest = next(FRESH), NOON + timedelta(minutes=1)

    found = [turns.reserve(name, rate, NOON, latest) for _ in range(rate.sends + 3)]

    assert found == [NOON] * rate.sends + [NOON + n * spacing for n in (1, 2, 3)]


@pytest.mark.parametrize("kind", KINDS)
def test_turn_that_would_be_too_late_is_not_taken(kind: str) -> None:
    (turns,), name = workers(kind), next(FRESH)
    for _ in range(FIVE.sends):
        assert turns.reserve(name, FIVE, NOON, NOON) == NOON
    assert turns.reserve(name, FIVE, NOON, NOON + 0.19 * SECOND) is None
    assert turns.reserve(name, FIVE, NOON, NOON + 0.2 * SECOND) == NOON + 0.2 * SECOND
    assert turns.reserve(name, FIVE, NOON, NOON + 0.2 * SECOND) is None
    assert turns.reserve(next(FRESH), FIVE, NOON, NOON) == NOON, "another API has its own"


@pytest.mark.parametrize("kind", KINDS)
def test_after_a_pause_there_is_one_burst_and_no_more(kind: str) -> None:
    (turns,), name = workers(kind), next(FRESH)
    turns.reserve(name, FIVE, NOON, NOON)
    later = NOON + timedelta(hours=2)
    found = [turns.reserve(name, FIVE, later, later) for _ in range(FIVE.sends + 1)]
    assert found == [later] * FIVE.sends + [None]


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20, deadline=None)
@given(
    rate=st.builds(Rate, st.integers(1, 7), st.integers(1, 3)),
    requests=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 800_000), st.integers(0, 4_000_000)),
        max_size=30,
    ),
)
def test_never_more_turns_than_rate_times_time_and_one_burst(
    kind: str, rate: Rate, requests: list[tuple[int, int, int]]
) -> None:
    """Several workers in any order: who asks, how long after the last one, how patient."""
    fleet, name, now = workers(kind, 3), next(FRESH), NOON
    taken: list[datetime] = []
    for worker, gap, patience in requests:
        now += timedelta(microseconds=gap)
        latest = now + timedelta(microseconds=patience)
        turn = fleet[worker].reserve(name, rate, now, latest)
        if turn is not None:
            assert now <= turn <= latest
            taken.append(turn)
    taken.sort()
    for first, at in enumerate(taken):
        for n, other in enumerate(taken[first:], start=1):
            seconds = (other - at) / SECOND
            assert n <= rate.sends + seconds * rate.sends / rate.per_seconds + 1e-6
    assert not requests or taken


@pytest.mark.parametrize("kind", KINDS)
def test_workers_at_the_same_moment_share_one_rate(kind: str) -> None:
    name, latest = next(FRESH), NOON + 0.4 * SECOND
    fleet = workers(kind, 8)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda w: w.reserve(name, Rate(3, 1), NOON, latest), fleet))
    turns = sorted(turn for turn in found if turn is not None)
    assert turns == [NOON] * 3 + [NOON + timedelta(microseconds=333_334)]


def test_one_write_is_a_turn_also_while_requests_queue() -> None:
    shared = table()
    turns, name = DynamoDBRequestTurns(shared), next(FRESH)
    writes: list[str] = []
    send = shared._call

    def counted(operation: Any, parameters: Any) -> Any:
        writes.append(operation.__name__)
        return send(operation, parameters)

    shared._call = counted
    for n in range(20):
        turns.reserve(name, FIVE, NOON + n * 0.1 * SECOND, NOON + timedelta(seconds=30))
    assert writes == ["put_item"] + ["update_item"] * 19
    turns.reserve(name, FIVE, NOON, NOON)
    assert len(writes) == 20, "what is known to be too late is not asked"


def test_time_that_no_queue_explains_is_replaced() -> None:
    shared, name = table(), next(FRESH)
    ahead = NOON + timedelta(hours=1)
    DynamoDBRequestTurns(shared).reserve(name, FIVE, ahead, ahead)  # a clock an hour ahead
    assert DynamoDBRequestTurns(shared).reserve(name, FIVE, NOON, NOON) == NOON


def test_item_expires_and_a_table_that_cannot_be_used_is_an_error() -> None:
    shared, name = table(), next(FRESH)
    turns = DynamoDBRequestTurns(shared)
    for _ in range(2):
        turns.reserve(name, FIVE, NOON, NOON)
        item = shared.get_item(Key={"id": f"rate#api#{name}"})["Item"]
        assert int(item["expires"]) > NOON.timestamp() + 600
    with pytest.raises(StoreUnavailableError, match="ResourceNotFound"):
        DynamoDBRequestTurns(table_named("nowhere")).reserve(name, FIVE, NOON, NOON)
