"""The contract of the daily token budget, and its item when it was written by another program."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from quorum.adapters.dynamodb.token_budget import DynamoDBTokenBudget
from quorum.ports.language_models import TokenBudget
from tests.fakes import START
from tests.fakes.token_budget import InMemoryTokenBudget
from tests.integration.tables import create_table

MODEL = "model-diagnosis-model"


@pytest.fixture(params=["in_memory", "dynamodb"])
def budget(request: pytest.FixtureRequest) -> TokenBudget:
    """Return the budget, once in memory and once in moto."""
    if request.param == "in_memory":
        return InMemoryTokenBudget()
    return DynamoDBTokenBudget(create_table("operations"))


def test_day_admits_its_budget_and_no_more(budget: TokenBudget) -> None:
    assert [budget.take(MODEL, 40, 100, START) for _ in range(3)] == [True, True, False]
    assert budget.take(MODEL, 20, 100, START)
    assert not budget.take(MODEL, 1, 100, START)


def test_another_day_and_another_spender_have_their_own_budget(budget: TokenBudget) -> None:
    assert budget.take(MODEL, 100, 100, START)
    assert budget.take("model-other", 100, 100, START)
    assert budget.take(MODEL, 100, 100, START + timedelta(days=1))


def test_unused_tokens_are_returned(budget: TokenBudget) -> None:
    assert budget.take(MODEL, 100, 100, START)
    assert budget.take(MODEL, -30, 100, START)
    assert not budget.take(MODEL, 31, 100, START)
    assert budget.take(MODEL, 30, 100, START)


def test_more_tokens_than_taken_cannot_be_returned(budget: TokenBudget) -> None:
    assert budget.take(MODEL, -500, 100, START)
    assert not budget.take(MODEL, 101, 100, START)


def test_concurrent_spenders_take_at_most_the_days_budget() -> None:
    budget = DynamoDBTokenBudget(create_table("operations"))
    take: Callable[[int], bool] = lambda _: budget.take(MODEL, 10, 50, START)  # noqa: E731
    with ThreadPoolExecutor(8) as pool:
        assert 1 <= sum(pool.map(take, range(16))) <= 5


@pytest.mark.parametrize(
    "beside",
    [
        {},
        {"day": 7, "spent": 1},
        {"day": START.date().isoformat(), "spent": "all"},
        {"day": START.date().isoformat(), "spent": {"a": 1}},
        {"day": START.date().isoformat(), "spent": Decimal(-100)},
        {"day": "9999-12-31", "spent": Decimal("1E+100")},
        {"day": START.date().isoformat()},
    ],
)
def test_an_item_of_another_shape_or_day_is_void(beside: dict[str, Any]) -> None:
    table = create_table("operations")
    table.put_item(Item={"id": f"budget#{MODEL}", **beside})
    budget = DynamoDBTokenBudget(table)

    assert budget.take(MODEL, 60, 100, START)
    assert not budget.take(MODEL, 60, 100, START)


def test_exhausted_budget_is_renewed_the_next_day() -> None:
    table = create_table("operations")
    item = {"id": f"budget#{MODEL}", "day": START.date().isoformat(), "spent": Decimal("1E+100")}
    table.put_item(Item=item)
    budget = DynamoDBTokenBudget(table)

    assert not budget.take(MODEL, 1, 100, START)
    assert budget.take(MODEL, 1, 100, START + timedelta(days=1))
