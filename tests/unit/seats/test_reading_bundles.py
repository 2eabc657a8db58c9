"""Reading traffic, dates and the graph out of a bundle."""

import pytest

from functions.prediction.unproven_changes import GOOD, probability_unspoiled
from quorum.domain.call_graph import callees, caller_distances, callers, witnesses
from quorum.domain.evidence import Bundle, Series
from quorum.seats.signals.change_windows import Span, change_span, changes_undone
from quorum.seats.signals.traffic import (
    alarmed,
    before_and_after,
    measured,
    points,
    steps,
    traffic,
    versions,
)
from tests.builders.bundles import on, shop_bundle
from tests.builders.evidence import (
    AFTER,
    BEFORE,
    CHAIN,
    ONSET,
    PARAMETER,
    TABLE,
    A,
    B,
    C,
    change,
    deployed,
    line,
    service,
    state,
)


def thinned(series: Series, keep: int) -> Series:
    return series.model_copy(update={"points": series.points[::keep]})


def test_traffic_is_split_at_the_onset() -> None:
    before, after = before_and_after(shop_bundle(service(A, 2, throttles=3)), A)
    assert (before.periods, before.requests, before.failures) == (BEFORE, 10 * BEFORE, 0)
    assert (after.requests, after.errors, after.throttles) == (7 * AFTER, 2 * AFTER, 3 * AFTER)
    assert after.attempts == 10 * AFTER
    assert after.ratio == pytest.approx(0.5)


def test_missing_error_count_is_unknown_and_not_zero() -> None:
    evidence = shop_bundle([line(A, "requests", 10, 10), thinned(line(A, "errors", 5, 5), 2)])
    whole = traffic(evidence, A, 0, ONSET * 2)
    assert whole.ratio == pytest.approx(0.5)
    assert len(steps(evidence, A)) < BEFORE + AFTER


def test_sparse_error_metric_is_zero_without_a_point() -> None:
    evidence = shop_bundle([line(A, "requests", 10, 10), thinned(line(A, "errors", 5, 5), 5)])
    assert traffic(evidence, A, 0, ONSET * 2).ratio == pytest.approx(0.1)


def test_period_without_requests_is_left_out() -> None:
    evidence = shop_bundle([line(A, "errors", 5, 5)])
    assert traffic(evidence, A, 0, ONSET * 2).attempts == 0


def test_throttled_resource_without_requests_has_attempts() -> None:
    evidence = shop_bundle([line(TABLE, "throttles", None, 4)])
    assert before_and_after(evidence, TABLE)[1].attempts == 4 * AFTER
    assert measured(evidence) == (TABLE,)


def test_versions_are_added_up_without_series_of_the_whole_resource() -> None:
    parts = [line(C, "requests", 4, 4, version="1"), line(C, "requests", 1, 1, version="2")]
    assert set(points(shop_bundle(parts), C, "requests").values()) == {5.0}
    whole = [*parts, line(C, "requests", 7, 7)]
    assert set(points(shop_bundle(whole), C, "requests").values()) == {7.0}
    assert points(shop_bundle(whole), C, "requests", "3") == {}
    assert versions(shop_bundle(whole), C) == ("1", "2")


def test_alarmed_series_is_the_first_alarms() -> None:
    other = line(B, "errors", 0, 9, alarmed=True)
    own = line(A, "errors", 0, 3, alarmed=True)
    assert max(alarmed(shop_bundle([other, own])).values()) == 3
    assert max(alarmed(shop_bundle([other])).values()) == 9
    unmarked = own.model_copy(update={"alarmed": False})
    assert max(alarmed(shop_bundle([unmarked])).values()) == 3


SERVED = (
    line(C, "requests", 10, None, version="1"),
    line(C, "requests", None, 10, version="2"),
)


def test_a_deployment_is_dated_by_the_first_request_of_its_version() -> None:
    vague = deployed(C, -40, width=55)
    assert change_span(shop_bundle(SERVED), vague) == Span(ONSET - 1, ONSET + 1)
    assert change_span(shop_bundle(), vague) == Span(ONSET - 40, ONSET + 15)


def test_version_that_served_throughout_dates_no_deployment() -> None:
    vague = deployed(C, -40, width=55)
    all_along = (SERVED[0], line(C, "requests", 1, 1, version="2"))
    assert change_span(shop_bundle(all_along), vague) == Span(ONSET - 40, ONSET + 15)


def test_first_request_outside_the_changes_window_is_ignored() -> None:
    early = deployed(C, -25, width=5)
    assert change_span(shop_bundle(SERVED), early) == Span(ONSET - 25, ONSET - 20)


def test_a_parameter_is_dated_by_its_own_history() -> None:
    exact = change(PARAMETER, "parameter", -3, values=(1, 2))
    assert change_span(shop_bundle(SERVED), exact) == Span(ONSET - 3, ONSET - 3)


def test_time_span_is_covered_evenly() -> None:
    assert Span(0, 10).grid(5) == (0, 5, 10)
    assert Span(3, 3).grid(5) == (3,)
    assert len(Span(0, 10_000).grid(1, most=11)) == 11


def test_candidates_from_resource_state_revert_no_change() -> None:
    states = (state(A), state(C, reserved_concurrency=5))
    evidence = shop_bundle(changes=(deployed(A, -1),), states=states)
    assert set(changes_undone(evidence)) == {on(evidence, A).id}


def test_callers_callees_and_caller_distances_follow_the_graph() -> None:
    evidence = shop_bundle(edges=(*CHAIN, (C, A)))
    assert callers(evidence, C) == (B,)
    assert callees(evidence, B) == (C, PARAMETER)
    assert caller_distances(shop_bundle(), C) == {C: 0, B: 1, A: 2}
    assert caller_distances(evidence, A) == {A: 0, C: 1, B: 2}


def test_resource_without_series_is_measured_by_its_callers() -> None:
    shown = frozenset({A, B})
    assert witnesses(shop_bundle(), PARAMETER, shown) == (B,)
    assert witnesses(shop_bundle(), B, shown) == (B,)
    assert witnesses(shop_bundle(), TABLE, shown) == ()


def spoils(evidence: Bundle) -> float:
    return probability_unspoiled(evidence, on(evidence, A))


RELEASED = (deployed(A, -1), deployed(C, 2))
FUNCTIONS = (state(A), state(C))


def test_untested_change_of_a_callee_lowers_a_candidate() -> None:
    starved = line(C, "requests", 10, None)
    evidence = shop_bundle(service(A, 9), [starved], changes=RELEASED, states=FUNCTIONS)
    assert spoils(evidence) == GOOD


def test_tested_change_of_a_callee_lowers_no_candidate() -> None:
    evidence = shop_bundle(service(A, 9), service(C, 0), changes=RELEASED, states=FUNCTIONS)
    assert spoils(evidence) == 1.0


def test_version_that_never_served_is_untested() -> None:
    old = line(C, "requests", 10, 10, version="1")
    evidence = shop_bundle(service(A, 9), [old], changes=RELEASED, states=FUNCTIONS)
    assert spoils(evidence) == GOOD


def test_change_of_a_caller_or_unmeasured_resource_lowers_no_candidate() -> None:
    changes = (deployed(C, -1), deployed(A, 2), change(PARAMETER, "parameter", 2, values=(1, 2)))
    starved = line(A, "requests", 10, None)
    evidence = shop_bundle(service(C, 9), [starved], changes=changes, states=FUNCTIONS)
    assert probability_unspoiled(evidence, on(evidence, C)) == 1.0
