"""The contract of the breaker store, and the policy on a real conditional write."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from quorum.adapters.dynamodb.breaker_store import DynamoDBBreakerStore
from quorum.application.circuit_breaker import Breaker, call_through
from quorum.domain.breaker_state import BreakerState
from quorum.domain.errors import BreakerOpenError, SourceUnavailableError
from quorum.ports.execution import BreakerStore
from tests.fakes import FakeClock, InMemoryBreakerStore
from tests.integration.tables import create_table


@pytest.fixture(params=["in_memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> BreakerStore:
    """Return the store, once in memory and once in moto."""
    if request.param == "in_memory":
        return InMemoryBreakerStore()
    return DynamoDBBreakerStore(create_table("operations"))


def test_a_new_breaker_is_closed(store: BreakerStore) -> None:
    assert store.read("model") == BreakerState()


def test_breaker_state_replaces_only_the_revision_before_it(store: BreakerStore) -> None:
    first = BreakerState(revision=1, failures=1)
    second = BreakerState(
        revision=2, phase="half_open", epoch=3, opened_at=1.5, probe_until=71.25, successes=1
    )
    assert not store.swap("model", second)
    assert store.swap("model", first)
    assert not store.swap("model", first)
    assert store.swap("model", second)
    assert not store.swap("model", second)
    assert not store.swap("model", BreakerState(revision=5))
    assert store.read("model") == second
    assert store.read("another") == BreakerState()


def test_one_of_many_concurrent_swaps_succeeds(store: BreakerStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        states = [BreakerState(revision=1, failures=n) for n in range(16)]
        assert sum(pool.map(lambda state: store.swap("model", state), states)) == 1


def test_breaker_opens_probes_and_closes_on_the_store(store: BreakerStore) -> None:
    clock = FakeClock()
    breakers = [Breaker("model", store, now=clock) for _ in range(2)]

    def down() -> str:
        raise SourceUnavailableError("down")

    for n in range(5):
        with pytest.raises(SourceUnavailableError):
            call_through(breakers[n % 2], down)
    with pytest.raises(BreakerOpenError):
        call_through(breakers[1], lambda: "ok")
    clock.advance(30)
    assert call_through(breakers[0], lambda: "ok") == "ok"
    assert call_through(breakers[1], lambda: "ok") == "ok"
    assert store.read("model").phase == "closed"


HALF_OPEN = BreakerState(revision=3, phase="half_open", probe_until=1e18).model_dump_json()
STRANGE: tuple[dict[str, Any], ...] = (
    {},
    {"revision": 3},
    {"revision": "3", "state": HALF_OPEN},
    {"revision": Decimal("3.5"), "state": HALF_OPEN},
    {"revision": -1, "state": HALF_OPEN},
    {"revision": 0, "state": HALF_OPEN},
    {"revision": Decimal("1E+100"), "state": HALF_OPEN},
    {"revision": 10**30, "state": HALF_OPEN},
    {"revision": 3, "state": "{"},
    {"revision": 3, "state": 7},
    {"revision": 3, "state": '{"phase": "jammed"}'},
    {"revision": 3, "state": '{"phase": "half_open", "successes": -9}'},
    {"revision": 3, "state": '{"epoch": ' + "9" * 5000 + "}"},
    {"state": HALF_OPEN},
)


@pytest.mark.parametrize("written", STRANGE)
def test_foreign_item_is_no_open_breaker_and_is_replaced(
    written: dict[str, Any],
) -> None:
    table = create_table("operations")
    table.put_item(Item={"id": "breaker#model", **written})
    breaker = Breaker("model", DynamoDBBreakerStore(table), now=FakeClock())

    def down() -> str:
        raise SourceUnavailableError("down")

    assert call_through(breaker, lambda: "ok") == "ok"
    for _ in range(5):
        with pytest.raises(SourceUnavailableError):
            call_through(breaker, down)
    with pytest.raises(BreakerOpenError):
        call_through(breaker, lambda: "ok")


def test_item_with_two_different_revisions_can_be_replaced() -> None:
    table = create_table("operations")
    table.put_item(Item={"id": "breaker#model", "revision": 41, "state": HALF_OPEN})
    store = DynamoDBBreakerStore(table)

    assert store.read("model").revision == 41
    assert call_through(Breaker("model", store, now=FakeClock()), lambda: "ok") == "ok"
    assert call_through(Breaker("model", store, now=FakeClock()), lambda: "ok") == "ok"
    assert store.read("model").phase == "closed"
