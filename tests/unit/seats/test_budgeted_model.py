"""A model is asked while the day's budget lasts; what it took is what counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorum.domain.errors import (
    ModelAnswerError,
    ModelThrottledError,
    ModelUnavailableError,
    QuorumError,
)
from quorum.seats.llm.budgeted_model import BudgetedModel, maximum_tokens
from tests.fakes import START, FakeClock
from tests.fakes.language_model import InMemoryLanguageModel, Scripted
from tests.fakes.token_budget import InMemoryTokenBudget

PROMISED = maximum_tokens("judge", "e" * 3000, {"type": "object"})
TODAY = ("model-a", START.date().isoformat())


class Desk:
    def __init__(self, *answers: Scripted, most: int = 100_000, tokens: int = 1000) -> None:
        self.inner = InMemoryLanguageModel(answers, tokens=(tokens, 10))
        self.budget, self.clock, self.over = InMemoryTokenBudget(), FakeClock(START), 0
        self.model = BudgetedModel(
            self.inner, self.budget, spender="model-a", most=most, now=self.clock, over=self._over
        )

    def _over(self) -> None:
        self.over += 1

    def ask(self) -> str:
        try:
            self.model.answer(system="judge", evidence="e" * 3000, schema={"type": "object"})
        except QuorumError as error:
            return f"{type(error).__name__}: {error}"
        return "answered"


def test_budget_counts_the_models_tokens() -> None:
    desk = Desk({})

    assert desk.ask() == "answered"
    assert desk.budget.spent[TODAY] == 1010
    assert desk.over == 0


def test_model_over_its_budget_is_not_called_and_counted() -> None:
    desk = Desk({}, {}, most=PROMISED + 1000)

    assert desk.ask() == "answered"
    said = f"ModelUnavailableError: the daily budget of {PROMISED + 1000} tokens is exhausted"
    assert desk.ask() == said
    assert (len(desk.inner.asked), desk.over) == (1, 1)


def test_model_is_called_again_the_next_day() -> None:
    desk = Desk({}, {}, most=PROMISED + 1000)
    desk.ask()
    desk.ask()
    desk.clock.advance(24 * 3600)

    assert desk.ask() == "answered"


@pytest.mark.parametrize("error", [ModelThrottledError("slow"), ModelUnavailableError("gone")])
def test_model_without_an_answer_costs_nothing(error: QuorumError) -> None:
    desk = Desk(error)

    assert type(error).__name__ in desk.ask()
    assert (desk.budget.spent[TODAY], desk.over) == (0, 0)


def test_invalid_answer_costs_its_reserved_tokens() -> None:
    desk = Desk(ModelAnswerError("twice"))

    assert "twice" in desk.ask()
    assert desk.budget.spent[TODAY] == PROMISED


@given(st.text(max_size=300), st.text(max_size=300))
def test_two_attempts_with_their_answers_fit_the_reservation(system: str, evidence: str) -> None:
    promised = maximum_tokens(system, evidence, {})
    assert promised >= 2 * 1200
    assert promised >= 2 * (len(system) + len(evidence)) // 3


@given(st.integers(10_000, 50_000), st.integers(0, 4000))
def test_day_takes_at_most_its_budget(most: int, tokens: int) -> None:
    desk = Desk(*[{}] * 60, most=most, tokens=tokens)

    while len(desk.inner.asked) < 60 and desk.ask() == "answered":
        pass

    assert desk.budget.spent[TODAY] <= most
