"""A seat's choice: the best candidate with its own probability, or an abstention."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from quorum.domain.votes import Opinion, choose
from tests.builders.votes import ACTIONS, vote

A, B, C = ACTIONS


def opinion(none: float = 0.0, **probabilities: float) -> Opinion:
    named = dict(zip("abc", ACTIONS, strict=True))
    found = {named[name]: value for name, value in probabilities.items()}
    return Opinion(probabilities=found, none=none, reason="because")


@pytest.mark.parametrize(
    ("given_", "action", "conf_bp"),
    [
        (opinion(a=0.8, b=0.1), A, 8000),
        (opinion(a=0.8, b=0.0), A, 8000),
        (opinion(a=0.4, b=0.5, none=0.1), B, 5000),
        (opinion(a=0.4, none=0.4), None, 0),
        (opinion(a=0.4, none=0.6), None, 0),
        (opinion(a=0.5, b=0.5), None, 0),
        (opinion(a=0.4, b=0.4, c=0.1), None, 0),
        (opinion(a=0.45, b=0.1, c=0.1), A, 4500),
        (opinion(), None, 0),
        (opinion(a=0.0), None, 0),
    ],
)
def test_choose_returns_the_best_candidate_or_an_abstention(
    given_: Opinion, action: str | None, conf_bp: int
) -> None:
    assert choose(given_, 0)[:2] == (action, conf_bp)


@pytest.mark.parametrize(
    ("given_", "reason"),
    [
        (opinion(), "no candidate is supported"),
        (opinion(a=0.0), "no candidate is supported"),
        (opinion(a=1e-9), "best candidate"),
        (opinion(a=0.4, none=0.4), "it is most probable that no candidate helps"),
        (opinion(a=0.5, b=0.5), "the best candidates are equally probable"),
    ],
)
def test_abstention_has_a_reason(given_: Opinion, reason: str) -> None:
    assert choose(given_, 0).reason == reason


@pytest.mark.parametrize(
    "wrong", [{"none": -0.01}, {"none": 1.01}, {"reason": "x" * 2001}], ids=["low", "high", "long"]
)
def test_opinion_outside_its_bounds_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Opinion.model_validate({"probabilities": {}, "reason": "", **wrong})


def test_opinion_at_its_bounds_is_valid_and_has_no_tokens_by_default() -> None:
    taken = Opinion(probabilities={}, none=1, reason="x" * 2000)

    assert taken.tokens == (0, 0)
    assert taken.none == 1
    assert Opinion(probabilities={}, reason="").none == 0


@given(st.floats(0.01, 1), st.integers(0, 20_000))
def test_confidence_is_reduced_by_the_penalty_and_never_negative(best: float, penalty: int) -> None:
    choice = choose(opinion(a=best), penalty)

    assert choice.conf_bp == max(0, round(best * 10_000) - penalty)


@given(
    st.dictionaries(st.sampled_from(ACTIONS), st.floats(0, 1)),
    st.floats(0, 1),
    st.integers(0, 5000),
)
def test_confidence_is_never_more_than_the_methods_own(
    probabilities: dict[str, float], none: float, penalty: int
) -> None:
    choice = choose(Opinion(probabilities=probabilities, none=none, reason="?"), penalty)

    if choice.action is None:
        assert choice.conf_bp == 0
    else:
        best = probabilities[choice.action]
        assert best == max(probabilities.values())
        assert best > none
        assert choice.conf_bp <= round(best * 10_000)


@pytest.mark.parametrize("conf_bp", [-1, 10_001, 0.5, "7000", True])
def test_a_confidence_is_an_exact_integer_of_basis_points(conf_bp: object) -> None:
    with pytest.raises(ValidationError):
        vote("diagnosis-change", A, conf_bp)  # type: ignore[arg-type]


def test_a_vote_has_exactly_its_keys() -> None:
    cast = vote("diagnosis-change", A).model_dump()

    assert set(cast) == {"v", "incident", "round", "evidence", "seat", "action", "conf_bp", "exp"}
    with pytest.raises(ValidationError):
        type(vote("diagnosis-change", A)).model_validate({**cast, "more": 1})
