"""The distributions that seats calculate with."""

from math import exp, inf, isclose, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorum.seats.signals.distributions import (
    log_beta_binomial,
    log_gamma_poisson,
    log_mean,
    log_student,
    log_students,
    log_sum,
    logistic,
    normalised,
    robust,
    upper_tail,
)

scores = st.floats(-800, 800)


@given(st.dictionaries(st.integers(), scores, min_size=1))
def test_log_scores_become_probabilities_in_the_same_order(given_scores: dict[int, float]) -> None:
    found = normalised(given_scores)
    assert sum(found.values()) == pytest.approx(1)
    best = max(given_scores, key=lambda k: given_scores[k])
    assert found[best] == max(found.values())


def test_impossible_scores_have_no_probability() -> None:
    assert normalised({"a": -inf, "b": 0.0}) == {"a": 0.0, "b": 1.0}
    assert normalised({"a": -inf}) == {"a": 0.0}


@given(st.lists(scores, min_size=1, max_size=9))
def test_sums_of_exponentials_neither_overflow_nor_vanish(values: list[float]) -> None:
    assert max(values) <= log_sum(values) <= max(values) + log(len(values)) + 1e-9
    assert min(values) - 1e-9 <= log_mean(values) <= max(values) + 1e-9


def test_sum_of_no_exponentials_is_zero() -> None:
    assert log_sum([]) == log_mean([]) == -inf


@given(st.floats(-700, 700))
def test_odds_are_converted_symmetrically(odds: float) -> None:
    assert 0 <= logistic(odds) <= 1
    assert logistic(odds) + logistic(-odds) == pytest.approx(1)


def test_a_robust_scale_is_sigma_for_a_normal_and_never_below_the_floor() -> None:
    middle, scale = robust([-2, -1, 0, 1, 2, 1000], 0.1)
    assert middle == 0.5
    assert 1 < scale < 3
    assert robust([5.0] * 9, 0.7) == (5.0, 0.7)
    assert robust([], 0.7) == (0.0, 0.7)


def test_normal_tails_have_the_published_values() -> None:
    assert upper_tail(0) == 0.5
    assert upper_tail(1.96) == pytest.approx(0.025, abs=1e-4)


def test_beta_binomial_is_a_distribution_over_sequences() -> None:
    every = sum(
        ways * exp(log_beta_binomial(hits, 3 - hits, 0.5, 2))
        for hits, ways in ((0, 1), (1, 3), (2, 3), (3, 1))
    )
    assert isclose(every, 1)


def test_the_gamma_poisson_is_a_distribution_over_counts() -> None:
    assert sum(exp(log_gamma_poisson([n])) for n in range(400)) == pytest.approx(1, abs=1e-6)


def test_student_t_has_heavier_tails_than_the_normal() -> None:
    assert log_student(0, 1) > log_student(5, 1) > log_student(5, 1, 100)
    width = sum(exp(log_student(x / 10, 2.0)) for x in range(-4000, 4000)) / 10
    assert width == pytest.approx(1, abs=1e-3)


@given(st.lists(st.floats(-1e3, 1e3), max_size=20), st.floats(0.1, 100), st.floats(1, 50))
def test_student_t_joint_likelihood_is_the_product(
    deviations: list[float], scale: float, freedom: float
) -> None:
    apart = sum(log_student(x, scale, freedom) for x in deviations)
    assert log_students(deviations, scale, freedom) == pytest.approx(apart)
