"""Traffic, whatever its shape: what is silent or failing is never healthy."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from functions.verification.traffic import ObservationTimes, ObservedTraffic, observe
from functions.verification.traffic_metrics import TrafficMetrics, traffic_to_watch
from quorum.domain.topology import ServiceMap
from quorum.ports.telemetry import MetricQuery
from tests.builders.alarms import alarm
from tests.builders.bundles import bundle
from tests.builders.candidates import RESOURCE
from tests.builders.evidence import ONSET
from tests.builders.verification import EFFECT, WINDOW, service
from tests.fakes import InMemoryMetricSource

Fetched = Mapping[str, tuple[tuple[int, float], ...]]
counts = st.dictionaries(st.integers(-60, 60), st.integers(0, 200), max_size=60)
steady = st.lists(st.integers(80, 120), min_size=120, max_size=120).map(
    lambda values: dict(zip(range(-60, 60), values, strict=True))
)
"""Much the same in every period, before the onset and since."""
rare = st.dictionaries(st.integers(-60, 60), st.integers(0, 3), max_size=10)
windows = st.sampled_from([10, 30, 45, 300])
elapsed_times = st.integers(0, 600)
BEFORE = range(-60, -6)
"""Periods before the onset."""
FAULT = range(-6, 0)
"""Periods between the onset and the effect."""


def watching() -> tuple[TrafficMetrics, ...]:
    return traffic_to_watch((alarm(),), bundle(), ServiceMap(services=(service(RESOURCE),)))


def source(requests: dict[int, int], errors: dict[int, int]) -> InMemoryMetricSource:
    found = InMemoryMetricSource()
    (one,) = watching()
    for query, points in ((one.requests[0], requests), (one.errors[0], errors)):
        found.add(query, tuple((EFFECT + 10 * n, float(v)) for n, v in sorted(points.items())))
    return found


def times(elapsed: float, window: int = WINDOW, *, settles: float = 0) -> ObservationTimes:
    return ObservationTimes(ONSET, EFFECT, EFFECT + settles, EFFECT + elapsed, window)


def seen(
    requests: dict[int, int],
    errors: dict[int, int],
    elapsed: float = WINDOW,
    window: int = WINDOW,
    *,
    settles: float = 0,
) -> ObservedTraffic:
    """Return the verdict on the traffic so long after the effect."""
    (traffic,) = observe(
        source(requests, errors), watching(), times(elapsed, window, settles=settles)
    )
    return traffic


@given(steady, rare, elapsed_times, windows)
def test_traffic_is_healthy_after_a_whole_comparable_successful_window(
    requests: dict[int, int], errors: dict[int, int], elapsed: int, window: int
) -> None:
    traffic = seen(requests, errors, elapsed, window)

    assume(traffic.verdict == "healthy")
    assert elapsed >= window
    assert traffic.requests - traffic.errors >= max(5, 0.5 * traffic.compared)
    assert traffic.compared > 0
    assert traffic.errors <= max(1, 0.01 * traffic.requests)
    since = sum(v for n, v in requests.items() if 0 <= 10 * n <= elapsed - 10)
    assert traffic.requests <= since


@given(counts, counts, elapsed_times, windows)
def test_traffic_is_not_healthy_before_a_whole_window_or_without_a_baseline(
    requests: dict[int, int], errors: dict[int, int], elapsed: int, window: int
) -> None:
    traffic = seen(requests, errors, elapsed, window)

    if elapsed < window or not any(requests.get(n) for n in BEFORE):
        assert traffic.verdict != "healthy"


@given(counts, elapsed_times)
def test_traffic_without_a_request_since_the_effect_is_not_healthy(
    errors: dict[int, int], elapsed: int
) -> None:
    assert seen(dict.fromkeys(BEFORE, 100), errors, elapsed).verdict != "healthy"


@given(steady, rare, elapsed_times, windows, st.integers(0, 100))
def test_traffic_without_errors_since_the_effect_is_never_failing(
    requests: dict[int, int], errors: dict[int, int], elapsed: int, window: int, share: int
) -> None:
    fault = {n: requests[n] * share // 100 for n in FAULT}
    early = {n: v for n, v in errors.items() if n < 0}

    traffic = seen(requests, early | fault, elapsed, window)

    assert traffic.verdict in {"healthy", "silent"}
    if elapsed >= max(window, 120):
        assert traffic.verdict == "healthy"


@given(steady, st.sampled_from([10, 30, 45]), st.integers(10, 100), st.integers(60, 600))
def test_traffic_that_fails_as_before_the_effect_is_failing_and_never_healthy(
    requests: dict[int, int], window: int, share: int, elapsed: int
) -> None:
    errors = {n: requests[n] * share // 100 for n in range(-6, 60)}

    assert seen(requests, errors, elapsed, window).verdict == "failing"


@given(steady, elapsed_times, st.integers(1, 600))
def test_nothing_fails_before_the_effect_has_reached_every_request(
    requests: dict[int, int], elapsed: int, settles: int
) -> None:
    errors = {n: requests[n] for n in range(-6, 60)}

    verdict = seen(requests, errors, elapsed, settles=settles).verdict

    if elapsed < settles + WINDOW:
        assert verdict != "failing"
    elif elapsed >= settles + WINDOW + 20:
        assert verdict == "failing"


def test_a_period_that_has_not_ended_is_not_counted() -> None:
    steady_traffic = dict.fromkeys(range(-60, 60), 100)

    traffic = seen(steady_traffic, {}, WINDOW - 1)

    assert (traffic.verdict, traffic.requests) == ("silent", 200)


def test_an_effect_within_a_period_leaves_that_period_out() -> None:
    moments = times(3 + WINDOW)._replace(effect=EFFECT + 3)
    found = source(dict.fromkeys(range(-60, 60), 100), {0: 100})

    (traffic,) = observe(found, watching(), moments)
    assert traffic.verdict == "silent"

    (later,) = observe(found, watching(), moments._replace(now=EFFECT + 10 + WINDOW))
    assert (later.verdict, later.errors) == ("healthy", 0)


def test_periods_that_are_not_delivered_are_not_evidence_of_absence() -> None:
    """The newest minutes are missing; what was delivered still fails, or is too little."""
    delivered = dict.fromkeys(range(-60, 2), 100)

    assert seen(delivered, dict.fromkeys([*FAULT, 0, 1], 100), 300, 20).verdict == "failing"
    assert seen(delivered, dict.fromkeys(FAULT, 100), 300, 30).verdict == "silent"


@pytest.mark.parametrize(("share", "requests"), [(100, 5), (30, 11), (5, 90)])
def test_a_recovery_is_known_after_as_many_requests_as_its_share_needs(
    share: int, requests: int
) -> None:
    """(1 - share) / 0.99 to the power of the requests is within the probability of an error."""
    fault = dict.fromkeys(FAULT, share)

    def verdict(since: int) -> str:
        return seen({-36: 1} | dict.fromkeys(FAULT, 100) | {0: since}, fault, 10, 10).verdict

    assert verdict(requests) == "healthy"
    assert verdict(requests - 1) == "silent"


def test_a_late_recovery_is_compared_with_the_traffic_since_the_effect_too() -> None:
    requests = dict.fromkeys(range(-60, 60), 100)
    fault = dict.fromkeys(FAULT, 100)
    mostly = dict.fromkeys([0, 1, 2, 3, 4], 5)

    assert seen(requests, fault | mostly, 60, 10).verdict != "healthy"
    assert seen(requests, fault | mostly, 90, 10).verdict == "healthy"


def test_a_mild_fault_since_the_effect_needs_as_many_requests_as_its_own_share() -> None:
    requests = dict.fromkeys(range(-60, 60), 100)
    errors = dict.fromkeys(FAULT, 100) | dict.fromkeys(range(5), 3)

    assert seen(requests, errors, 80, 10).verdict != "healthy"
    assert seen(requests, errors, 100, 10).verdict == "healthy"


def test_a_mild_fault_has_not_ended_before_its_absence_would_show() -> None:
    """A tenth fails: forty successes in a row are no recovery yet, fifty are."""
    requests = dict.fromkeys(range(-60, 60), 10)
    errors = dict.fromkeys(range(-6, 29), 1) | {29: 3}

    assert seen(requests, errors, 340, 10).verdict == "failing"
    assert seen(requests, errors, 350, 10).verdict != "failing"


def test_requests_from_before_the_settling_time_are_no_part_of_the_newest() -> None:
    before = dict.fromkeys(range(-60, 0), 100)
    requests = before | dict.fromkeys(range(4), 20) | dict.fromkeys(range(4, 8), 1)
    errors = dict.fromkeys(FAULT, 100) | dict.fromkeys(range(4, 8), 1)

    assert seen(requests, errors, 80, 10, settles=40).verdict == "failing"
    assert seen(requests, errors, 80, 10).verdict != "failing"


def test_the_newest_window_alone_counts_if_it_has_enough_requests() -> None:
    requests = dict.fromkeys(range(-60, 20), 100) | dict.fromkeys(range(20, 60), 1)
    ended = dict.fromkeys(range(-6, 20), 100)

    assert seen(requests, ended, 250, 60).verdict != "silent"
    assert seen(requests, ended, 260, 60).verdict == "silent"


def test_a_few_errors_that_were_usual_before_the_onset_are_no_fault() -> None:
    requests = dict.fromkeys(range(-60, 60), 100)
    usual = dict.fromkeys(range(-60, 60), 5)

    assert seen(requests, usual).verdict == "healthy"
    assert seen(requests, usual | dict.fromkeys(range(60), 8)).verdict == "degraded"


def test_an_earlier_fault_within_the_baseline_is_not_usual() -> None:
    requests = dict.fromkeys(range(-60, 60), 100)
    earlier = dict.fromkeys(range(-30, -20), 100)

    traffic = seen(requests, earlier | dict.fromkeys(range(-6, 60), 20))

    assert traffic.verdict == "failing"


def test_traffic_without_a_baseline_is_failing_when_every_request_fails() -> None:
    everything = dict.fromkeys(range(3), 100)

    assert seen(everything, everything).verdict == "failing"
    assert seen(everything, dict.fromkeys(range(3), 2)).verdict == "degraded"


def test_one_error_alone_is_never_too_many_however_few_requests_there_were() -> None:
    few = dict.fromkeys([*BEFORE, *range(60)], 4)

    assert seen(few, {0: 1}, 60, 60).verdict == "healthy"
    assert seen(few, {0: 1, 5: 1}, 60, 60).verdict == "degraded"


def test_one_period_of_failures_is_no_proof() -> None:
    requests = dict.fromkeys(range(-60, 60), 100)
    failing = dict.fromkeys(range(-6, 60), 100)

    assert seen(requests, failing, 10, 10).verdict == "degraded"
    assert seen(requests, failing, 20, 10).verdict == "failing"


def test_failures_that_ended_are_not_failing() -> None:
    requests = dict.fromkeys(range(-60, 60), 100)
    ended = dict.fromkeys(range(-6, 20), 100)

    assert seen(requests, ended, 200).verdict == "failing"
    assert seen(requests, ended, 200 + WINDOW).verdict == "healthy"
    few = requests | dict.fromkeys(range(20, 60), 1)
    assert seen(few, ended, 250).verdict == "silent"


def test_errors_without_a_count_of_requests_are_failing() -> None:
    late = dict.fromkeys(range(3), 0)

    assert seen(late, dict.fromkeys(range(3), 5)).verdict == "failing"


@pytest.mark.parametrize(("successes", "verdict"), [(4, "silent"), (5, "healthy")])
def test_five_successes_are_enough_with_a_baseline_of_one_request(
    successes: int, verdict: str
) -> None:
    fault = dict.fromkeys(FAULT, 20)

    assert seen({-7: 1, 0: successes, 2: 0} | fault, fault).verdict == verdict


@pytest.mark.parametrize(("now", "verdict"), [(149, "silent"), (150, "healthy")])
def test_half_of_the_baseline_traffic_is_enough(now: int, verdict: str) -> None:
    assert seen({-7: 100, 0: now, 2: 0}, {}).verdict == verdict


def test_one_period_is_a_whole_window_where_the_window_is_one_period() -> None:
    assert seen({-7: 10, 0: 10}, {}, window=10).verdict == "healthy"


def test_a_window_is_rounded_up_to_whole_periods() -> None:
    requests = dict.fromkeys(range(-60, 60), 100)

    early = seen(requests, {}, 45, 45)
    assert (early.verdict, early.requests, early.compared) == ("silent", 400, 400)

    traffic = seen(requests, {}, 50, 45)
    assert (traffic.verdict, traffic.requests, traffic.compared) == ("healthy", 500, 500)


def test_traffic_of_a_caller_is_marked() -> None:
    (own,) = watching()
    moments = times(WINDOW)
    found = source(dict.fromkeys(range(-60, 60), 100), {})

    verdicts = observe(found, (own, own._replace(own=False)), moments)

    assert [one.own for one in verdicts] == [True, False]


def test_window_covers_the_longest_period_of_the_watched_metrics() -> None:
    fine, coarse = "lambda:checkout", "lambda:search"
    services = (service(fine), service(coarse))
    both = traffic_to_watch(
        (
            alarm(resources=(fine,)),
            alarm("search-errors", resources=(coarse,), period_seconds=300),
        ),
        bundle(),
        ServiceMap(services=services),
    )
    found = InMemoryMetricSource()
    for one in both:
        starts = range(EFFECT - 12_000, EFFECT + 3000, one.period)
        found.add(one.requests[0], tuple((at - at % one.period, 100.0) for at in starts))

    seen_by = observe(found, both, times(900, 300))

    assert [one.compared for one in seen_by] == [9000, 200]


@given(st.integers(0, 9))
def test_points_off_the_multiples_of_their_period_are_counted_all_the_same(phase: int) -> None:
    (one,) = watching()
    found = InMemoryMetricSource()
    for metric, periods in ((one.requests[0], range(-60, 60)), (one.errors[0], FAULT)):
        found.add(metric, tuple((EFFECT + 10 * n + phase, 100.0) for n in periods))

    (traffic,) = observe(found, (one,), times(60))

    assert traffic.verdict == "healthy"


def test_the_query_begins_at_a_multiple_of_the_period() -> None:
    (one,) = watching()
    found = source(dict.fromkeys(range(-60, 60), 100), {})
    starts = list[float]()
    fetch = found.fetch

    def recorded(queries: Sequence[MetricQuery], start: datetime, end: datetime) -> Fetched:
        starts.append(start.timestamp())
        return fetch(queries, start, end)

    found.fetch = recorded  # type: ignore[method-assign]
    observe(found, (one,), times(60)._replace(onset=ONSET + 3.7))

    assert [start % one.period for start in starts] == [0]


def test_no_watched_metrics_are_no_traffic() -> None:
    assert observe(InMemoryMetricSource(), (), times(WINDOW)) == ()
