"""The seat that forecasts the alarmed series without each change."""

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.prediction.counterfactual import counterfactual
from functions.prediction.forecast import FIRST, forecast, forecasts
from functions.prediction.persistence import persistence
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle, Change
from quorum.domain.votes import choose
from quorum.seats.seat import Deps
from tests.builders.bundles import on, shop_bundle
from tests.builders.evidence import (
    ONSET,
    PARAMETER,
    A,
    B,
    C,
    change,
    deployed,
    line,
    service,
    state,
)

STATES = (state(A), state(B), state(C), state(PARAMETER, version=2))
BOTH = (deployed(C, 0), deployed(A, -20))


def evidence(*changes: Change, errors: float = 5.0) -> Bundle:
    return shop_bundle(service(A, errors, alarmed=True), changes=changes, states=STATES)


def chances(given: Bundle) -> dict[str, float]:
    known = {c.id: c.resource for c in given.candidates}
    return {known[i]: p for i, p in counterfactual(given, Deps()).probabilities.items()}


def test_series_leaves_its_forecast_at_the_causing_change() -> None:
    found = chances(evidence(*BOTH))
    assert found[C] > 0.7
    assert found[A] < 0.05


def test_a_change_some_seconds_before_the_break_is_less_likely_than_one_right_before() -> None:
    found = chances(evidence(deployed(C, 0), deployed(A, -3)))
    assert found[A] < found[C] / 8


def test_series_within_its_forecast_supports_no_candidate() -> None:
    given = evidence(*BOTH, errors=0.0)
    assert choose(counterfactual(given, Deps()), 0).action is None


def test_series_that_returned_to_its_forecast_needs_no_action() -> None:
    burst = line(A, "errors", 0.0, 5.0, alarmed=True)
    over = tuple((at, v if at < ONSET + 5 else 0.0) for at, v in burst.points)
    given = shop_bundle([burst.model_copy(update={"points": over})], changes=BOTH, states=STATES)
    assert choose(counterfactual(given, Deps()), 0).action is None


def test_calm_start_of_a_noisy_series_does_not_hide_the_cause() -> None:
    calm = dict.fromkeys(range(ONSET - 160, ONSET - 150), 0.0)
    lively = {at: 9.0 * (at % 2) for at in range(ONSET - 150, ONSET)}
    broken = dict.fromkeys(range(ONSET, ONSET + 15), 40.0)
    points = tuple(sorted({**calm, **lively, **broken}.items()))
    series = line(A, "errors", 0.0, 5.0, alarmed=True).model_copy(update={"points": points})
    assert chances(shop_bundle([series], changes=BOTH, states=STATES))[C] > 0.5


def test_two_changes_at_one_time_split_the_probability() -> None:
    found = chances(evidence(deployed(B, -1), change(PARAMETER, "parameter", -1, values=(1, 2))))
    assert found[B] == pytest.approx(found[PARAMETER])


@pytest.mark.parametrize("method", [counterfactual, persistence])
def test_forecasts_without_a_change_is_not_applicable(method: object) -> None:
    with pytest.raises(NotApplicableError):
        method(evidence(), Deps())  # type: ignore[operator]


def test_forecasts_with_too_few_points_is_not_applicable() -> None:
    short = line(A, "errors", 0.0, 5.0, alarmed=True, start=ONSET - 2, end=ONSET + 2)
    with pytest.raises(NotApplicableError):
        counterfactual(shop_bundle([short], changes=BOTH, states=STATES), Deps())


def test_fallback_prefers_the_change_since_which_every_point_departs() -> None:
    given = evidence(*BOTH)
    found = persistence(given, Deps()).probabilities
    assert found[on(given, C).id] > found[on(given, A).id]


def test_forecast_of_a_level_stays() -> None:
    assert forecast([7.0] * 20)[0] == pytest.approx(7.0)


def test_forecast_follows_and_damps_a_trend() -> None:
    expected, _ = forecast([float(n) for n in range(40)])
    assert 30 < expected < 45


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60))
def test_forecast_sigma_is_at_least_the_root_of_the_mean(values: list[float]) -> None:
    _, sigma = forecast(values)
    assert sigma >= (sum(values) / len(values)) ** 0.5


@given(st.lists(st.floats(0, 1e4), min_size=FIRST, max_size=40))
def test_forecasts_equal_those_of_each_prefix(values: list[float]) -> None:
    found = forecasts(values)
    assert len(found) == len(values) + 1
    for known in range(FIRST, len(values) + 1):
        assert found[known] == pytest.approx(forecast(values[:known]))


def minutes(
    *since: float,
    before: float = 0.0,
    requests: float = 100.0,
    delivered: float = 1.0,
    periods: int = 60,
    waited: int = 60,
) -> Bundle:
    """Return an alarm of minutes, evaluated so many seconds after the newest period.

    Of the requests of the periods since the onset only a part is `delivered`.
    """
    times = [*range(ONSET - 60 * periods, ONSET + 60 * len(since), 60)]
    errors = [*[before] * periods, *since]
    served = [*[requests] * periods, *[requests * delivered] * len(since)]
    series = (
        line(A, "errors", 0.0, 0.0, alarmed=True).model_copy(
            update={"points": tuple(zip(times, errors, strict=True)), "period_seconds": 60}
        ),
        line(A, "requests", 0.0, 0.0).model_copy(
            update={"points": tuple(zip(times, served, strict=True)), "period_seconds": 60}
        ),
    )
    end = datetime.fromtimestamp(times[-1] + 60 + waited, UTC)
    given = shop_bundle(series, changes=(deployed(A, 0),), states=STATES)
    return given.model_copy(update={"taken_at": end})


def test_points_before_the_onset_do_not_count_against_a_young_fault() -> None:
    """With an alarm of minutes, most of the newest five points are from before."""
    assert chances(minutes(90.0))[A] > 0.8
    assert chances(minutes(90.0, 90.0))[A] > 0.8


def test_a_half_delivered_period_is_half_a_proof_that_it_is_over() -> None:
    whole, half, gone = (
        chances(minutes(90.0, 0.0, delivered=share))[A] for share in (1.0, 0.5, 0.0)
    )
    assert whole < half < gone
    assert whole == pytest.approx(gone / 2, rel=0.01)


def test_a_period_that_is_complete_counts_as_it_is() -> None:
    later = chances(minutes(90.0, 0.0, delivered=0.5, waited=600))[A]
    assert later == pytest.approx(chances(minutes(90.0, 0.0))[A])


def test_a_high_value_of_an_incomplete_period_is_real() -> None:
    assert chances(minutes(45.0, delivered=0.5))[A] == pytest.approx(
        chances(minutes(45.0))[A], rel=0.01
    )


def test_one_failure_is_outside_of_a_forecast_that_hardly_ever_has_one() -> None:
    """A service with a request a minute has one failure in a period at most."""
    assert chances(minutes(1.0, 1.0, 1.0, periods=200))[A] > 0.8
    assert chances(minutes(1.0, 1.0, 1.0, periods=20))[A] < 0.2


def test_a_long_baseline_does_not_explain_a_break_away() -> None:
    """Over hundreds of points the error of any earlier forecast would add up to more."""
    dice = random.Random(7)  # noqa: S311
    lively = [float(dice.random() < 0.2) for _ in range(230)]
    given = minutes(12.0, 42.0, periods=230)
    errors, requests = given.series
    points = (*zip((at for at, _ in errors.points), lively, strict=False), *errors.points[-2:])
    noisy = errors.model_copy(update={"points": points})
    found = chances(given.model_copy(update={"series": (noisy, requests)}))
    assert found[A] > 0.7


def test_errors_that_are_published_only_when_there_are_any_are_forecast_as_none() -> None:
    """CloudWatch keeps no zeros of such a metric; the requests show that nothing failed then."""
    whole = minutes(90.0, 90.0)
    errors, requests = whole.series
    rare = errors.model_copy(update={"points": tuple(p for p in errors.points if p[1])})
    assert chances(whole.model_copy(update={"series": (rare, requests)}))[A] == pytest.approx(
        chances(whole)[A]
    )
