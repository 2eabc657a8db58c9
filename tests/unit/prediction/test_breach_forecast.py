"""Breach chances, forecast intervals, burn rates and the blast radius."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.prediction.blast_radius import blast_radius
from functions.prediction.breach_forecast import HORIZONS, breach_chances, highest_next
from functions.prediction.burn_rules import BURN_RULES, burn_statuses, seconds_to_exhaustion
from functions.prediction.interval_forecast import forecast_interval
from quorum.seats.signals.traffic import Step
from tests.builders.bundles import shop_bundle
from tests.builders.evidence import ONSET, A, B, C, service

VALUES = st.lists(st.integers(0, 9).map(float), max_size=150)


def saw(count: int) -> list[float]:
    return [float(n % 20) for n in range(count)]


@given(VALUES, st.integers(-1, 10))
def test_breach_probabilities_rise_with_the_horizon(values: list[float], threshold: float) -> None:
    found = breach_chances(values, threshold)
    probabilities = [c.probability for c in found]
    assert probabilities == sorted(probabilities)
    assert all(0 <= p <= 1 for p in probabilities)
    assert [c.horizon for c in found] == [h for h in HORIZONS if len(values) >= max(30, 4 * h)]


@given(VALUES.filter(len), st.integers(-8, 8), st.sampled_from([0.5, 2.0, 8.0]))
def test_breach_probabilities_do_not_depend_on_unit_or_offset(
    values: list[float], shift: float, factor: float
) -> None:
    moved = [v * factor + shift for v in values]
    expected = [chance.probability for chance in breach_chances(values, 7.5)]
    found = [chance.probability for chance in breach_chances(moved, 7.5 * factor + shift)]
    assert found == pytest.approx(expected, abs=1e-6)


def test_sawtooth_breaches_when_it_is_high_and_not_when_it_is_low() -> None:
    high = breach_chances(saw(418), 18.5)[1].probability
    low = breach_chances(saw(402), 18.5)[1].probability
    assert high > 0.5
    assert low < 0.1


@given(VALUES, st.integers(1, 12))
def test_maximum_to_come_equals_a_linear_search(values: list[float], horizon: int) -> None:
    expected = [max(values[n + 1 : n + 1 + horizon]) for n in range(len(values) - horizon)]
    assert highest_next(values, horizon) == expected


@given(VALUES, st.integers(1, 5), st.integers(0, 30))
def test_interval_contains_its_mean(values: list[float], ahead: int, season: int) -> None:
    found = forecast_interval(values, ahead, 0.8, season)
    assert found is None or found.low <= found.expected <= found.high


def test_intervals_have_their_nominal_coverage() -> None:
    dice = random.Random(4)  # noqa: S311
    values = [dice.expovariate(1) for _ in range(700)]
    held = [
        found.low <= values[n + 2] <= found.high
        for n in range(200, 690)
        if (found := forecast_interval(values[: n + 1], 2, 0.8))
    ]
    assert sum(held) / len(held) == pytest.approx(0.8, abs=0.06)


@pytest.mark.parametrize(
    ("values", "season", "method"),
    [(saw(200), 20, "seasonal naive"), ([3.0 * n for n in range(200)], 0, "theta")],
)
def test_method_with_the_least_error_is_selected(
    values: list[float], season: int, method: str
) -> None:
    found = forecast_interval(values, 3, 0.8, season)
    assert found is not None
    assert found.method == method


def steady(share: float, hours: int) -> list[Step]:
    return [Step(at, 100.0, 100 * share, 0.0) for at in range(0, hours * 3600, 60)]


@pytest.mark.parametrize(
    ("share", "held"), [(0.2, [True] * 3), (0.08, [False, True, True]), (0.005, [False] * 3)]
)
def test_burn_rule_applies_from_its_own_rate(share: float, held: list[bool]) -> None:
    found = burn_statuses(steady(share, 80), 0.99, 80 * 3600 - 1)
    assert [b.holds for b in found] == held
    assert [b.rule for b in found] == list(BURN_RULES)
    assert found[0].long == pytest.approx(share / 0.01)


def test_burn_rule_does_not_apply_after_the_burn_stopped() -> None:
    steps = [*steady(0.5, 1)[:-6], *(Step(at, 100.0, 0.0, 0.0) for at in range(3240, 3600, 60))]
    (hour, *_) = burn_statuses(steps, 0.99, 3600 - 1)
    assert hour.long > hour.rule.rate > hour.short == 0
    assert not hour.holds


def test_burn_window_longer_than_the_series_is_partial() -> None:
    assert [b.covered for b in burn_statuses(steady(0.5, 2), 0.99, 7200)] == [True, False, False]
    assert burn_statuses((), 0.99, 0) == ()
    assert seconds_to_exhaustion(14.4) == pytest.approx(50 * 3600)
    assert seconds_to_exhaustion(0) is None


def test_blast_radius_has_affected_resources_in_order_and_their_callers_next() -> None:
    evidence = shop_bundle(service(A, 0, alarmed=True), service(B, 5), service(C, 5))
    found = blast_radius(evidence)
    now = evidence.taken_at.timestamp()

    assert [r.resource for r in found] == [C, B, A]  # at the same time: by name
    assert [r.probability == 1 for r in found] == [True, True, False]
    assert all(ONSET <= r.at <= now for r in found[:2])
    assert found[2].at > now


def test_blast_radius_is_empty_without_failures() -> None:
    assert blast_radius(shop_bundle(service(A, 0, alarmed=True), service(B, 0))) == ()
    assert blast_radius(shop_bundle()) == ()
