"""Fleet-wide rates: never more than the rate in any window."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from typing import Any

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorum.adapters.dynamodb.operations import DynamoDBOperations
from quorum.domain.constants import CHANNEL_RATES, Rate
from quorum.ports.execution import Operations
from tests.fakes import START, FakeClock, InMemoryOperations
from tests.integration.tables import create_table, table_named

TICK = timedelta(microseconds=1)


FRESH = map(str, count())


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


@pytest.mark.parametrize("channel", sorted(CHANNEL_RATES))
def test_channel_is_admitted_at_its_rate_and_no_more(operations: Operations, channel: str) -> None:
    rate = CHANNEL_RATES[channel]
    step = timedelta(seconds=rate.per_seconds) / rate.sends
    for n in range(5):
        assert operations.admit(channel, rate, START + n * step)
        assert not operations.admit(channel, rate, START + n * step + step - TICK)
    assert operations.admit("another", rate, START)


@pytest.mark.parametrize("kind", ["in_memory", "dynamodb"])
@settings(max_examples=25, deadline=None)
@given(
    rate=st.builds(Rate, st.integers(1, 12), st.integers(1, 60)),
    gaps=st.lists(st.integers(0, 20_000_000), max_size=25),
)
def test_no_sliding_window_holds_more_than_the_rate(kind: str, rate: Rate, gaps: list[int]) -> None:
    clock = FakeClock()
    key = next(FRESH)
    operations: Operations = (
        InMemoryOperations(clock) if kind == "in_memory" else DynamoDBOperations(_table(), clock)
    )
    sent = []
    for gap in gaps:
        now = clock.advance(gap / 1_000_000)
        if operations.admit(key, rate, now):
            sent.append(now)
    window = timedelta(seconds=rate.per_seconds)
    assert all(sum(at <= other < at + window for other in sent) <= rate.sends for at in sent)
    assert not gaps or sent


@pytest.mark.parametrize("rate", [Rate(3, 1), Rate(7, 60), Rate(11, 2)])
def test_a_spacing_that_does_not_divide_evenly_is_rounded_up(
    operations: Operations, rate: Rate
) -> None:
    window = timedelta(seconds=rate.per_seconds)
    tries = (START + n * (window // rate.sends) for n in range(rate.sends + 2))
    sent = [at for at in tries if at < START + window and operations.admit("odd", rate, at)]
    assert len(sent) <= rate.sends


def test_concurrent_senders_share_one_rate(operations: Operations) -> None:
    with ThreadPoolExecutor(8) as pool:
        admitted = pool.map(lambda _: operations.admit("slack", Rate(1, 1), START), range(16))
        assert sum(admitted) == 1


def _table() -> Any:
    try:
        return create_table("operations")
    except boto3.client("dynamodb").exceptions.ResourceInUseException:
        return table_named("quorum-test-operations")
