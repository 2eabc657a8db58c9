"""Traffic, whatever its shape: what is silent or failing is never healthy."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from functions.verification.traffic import ObservationTimes, ObservedTraffic, observe
from functions.verification.traffic_metrics import TrafficMetrics, traffic_to_watch
from quorum.domain.topology import ServiceMap
from tests.builders.alarms import alarm
from tests.builders.bundles import bundle
from tests.builders.candidates import RESOURCE
from tests.builders.evidence import ONSET
from tests.builders.verification import EFFECT, WINDOW, service
from tests.fakes import InMemoryMetricSource

counts = st.dictionaries(st.integers(-60, 60), st.integers(0, 200), max_size=60)
steady = st.lists(st.integers(80, 120), min_size=120, max_size=120).map(
    lambda values: dict(zip(range(-60, 60), values, strict=True))
)
"""Much the same in every period, before the onset and since."""
rare = st.dictionaries(st.integers(-60, 60), st.integers(0, 3), max_size=10)


def watching() -> tuple[TrafficMetrics, ...]:
    return traffic_to_watch((alarm(),), bundle(), ServiceMap(services=(service(RESOURCE),)))


def source(requests: dict[int, int], errors: dict[int, int]) -> InMemoryMetricSource:
    found = InMemoryMetricSource()
    (one,) = watching()
    for query, points in ((one.requests, requests), (one.errors, errors)):
        found.add(query, tuple((EFFECT + 10 * n, float(v)) for n, v in sorted(points.items())))
    return found


@given(steady, rare, st.integers(0, 600), st.sampled_from([10, 30, 45, 300]))
def test_traffic_is_healthy_after_a_whole_comparable_successful_window(
    requests: dict[int, int], errors: dict[int, int], elapsed: int, window: int
) -> None:
    moments = ObservationTimes(ONSET, EFFECT, EFFECT + elapsed, window)

    (traffic,) = observe(source(requests, errors), watching(), moments)

    assume(traffic.verdict == "healthy")
    assert elapsed >= window
    successes = traffic.requests - traffic.errors
    assert successes >= max(5, 0.5 * traffic.compared)
    assert traffic.compared > 0
    since = sum(v for n, v in requests.items() if 0 <= 10 * n <= elapsed - 10)
    assert traffic.requests <= since


@given(counts, counts, st.integers(0, 600), st.sampled_from([10, 30, 45, 300]))
def test_traffic_is_not_healthy_before_a_whole_window_or_without_a_baseline(
    requests: dict[int, int], errors: dict[int, int], elapsed: int, window: int
) -> None:
    moments = ObservationTimes(ONSET, EFFECT, EFFECT + elapsed, window)

    (traffic,) = observe(source(requests, errors), watching(), moments)

    if elapsed < window or traffic.compared == 0:
        assert traffic.verdict != "healthy"


@given(counts, st.integers(0, 600))
def test_traffic_without_a_request_since_the_effect_is_not_healthy(
    errors: dict[int, int], elapsed: int
) -> None:
    quiet = source(dict.fromkeys(range(-60, -6), 100), errors)

    (traffic,) = observe(
        quiet, watching(), ObservationTimes(ONSET, EFFECT, EFFECT + elapsed, WINDOW)
    )

    assert traffic.verdict != "healthy"


def test_a_period_that_has_not_ended_is_not_counted() -> None:
    (traffic,) = observe(
        source(dict.fromkeys(range(-60, 60), 100), {}),
        watching(),
        ObservationTimes(ONSET, EFFECT, EFFECT + WINDOW - 1, WINDOW),
    )

    assert (traffic.verdict, traffic.requests) == ("silent", 200)


def test_an_effect_within_a_period_leaves_that_period_out() -> None:
    moments = ObservationTimes(ONSET, EFFECT + 3, EFFECT + 3 + WINDOW, WINDOW)
    found = source(dict.fromkeys(range(-60, 60), 100), {0: 100})

    (traffic,) = observe(found, watching(), moments)
    assert traffic.verdict == "silent"

    (later,) = observe(found, watching(), moments._replace(now=EFFECT + 10 + WINDOW))
    assert (later.verdict, later.errors) == ("healthy", 0)


BEFORE = range(-9, -6)
"""The window before the onset, in periods."""
SINCE = range(3)
"""The window since the effect."""


def seen(requests: dict[int, int], errors: dict[int, int], window: int = WINDOW) -> ObservedTraffic:
    """Return the verdict on the traffic one window after the effect."""
    moments = ObservationTimes(ONSET, EFFECT, EFFECT + window, window)
    (traffic,) = observe(source(requests, errors), watching(), moments)
    return traffic


def test_traffic_that_always_failed_a_little_is_failing_at_a_much_higher_rate() -> None:
    requests = dict.fromkeys([*BEFORE, *SINCE], 100)
    early = dict.fromkeys(BEFORE, 2)

    assert seen(requests, early | dict.fromkeys(SINCE, 30)).verdict == "failing"
    assert seen(requests, early | dict.fromkeys(SINCE, 3)).verdict == "failing"
    assert seen(requests, early | dict.fromkeys(SINCE, 2)).verdict == "healthy"


def test_traffic_without_a_baseline_is_failing_when_every_request_fails() -> None:
    everything = dict.fromkeys(SINCE, 100)

    assert seen(everything, everything).verdict == "failing"
    assert seen(everything, dict.fromkeys(SINCE, 2)).verdict == "failing"


def test_one_error_alone_is_not_failing_however_few_requests_there_were() -> None:
    few = dict.fromkeys([*BEFORE, *SINCE], 4)

    assert seen(few, {0: 1}).verdict == "healthy"
    assert seen(few, {0: 2}).verdict == "failing"


@pytest.mark.parametrize(("successes", "verdict"), [(4, "silent"), (5, "healthy")])
def test_five_successes_are_enough_with_a_baseline_of_one_request(
    successes: int, verdict: str
) -> None:
    assert seen({-7: 1, 0: successes, 2: 0}, {}).verdict == verdict


@pytest.mark.parametrize(("now", "verdict"), [(49, "silent"), (50, "healthy")])
def test_half_of_the_baseline_traffic_is_enough(now: int, verdict: str) -> None:
    assert seen({-7: 100, 0: now, 2: 0}, {}).verdict == verdict


def test_one_period_is_a_whole_window_where_the_window_is_one_period() -> None:
    assert seen({-7: 10, 0: 10}, {}, window=10).verdict == "healthy"


def test_a_window_is_rounded_up_to_whole_periods() -> None:
    requests = dict.fromkeys(range(-60, 60), 100)

    early = seen(requests, {}, window=45)
    assert (early.verdict, early.requests, early.compared) == ("silent", 400, 500)

    moments = ObservationTimes(ONSET, EFFECT, EFFECT + 50, 45)
    (traffic,) = observe(source(requests, {}), watching(), moments)
    assert (traffic.verdict, traffic.requests, traffic.compared) == ("healthy", 500, 500)


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
        times = range(EFFECT - 3000, EFFECT + 3000, one.period)
        found.add(one.requests, tuple((at - at % one.period, 100.0) for at in times))

    seen_by = observe(found, both, ObservationTimes(ONSET, EFFECT, EFFECT + 600, 300))

    assert [one.compared for one in seen_by] == [3000, 100]


def test_no_watched_metrics_are_no_traffic() -> None:
    moments = ObservationTimes(ONSET, EFFECT, EFFECT + WINDOW, WINDOW)

    assert observe(InMemoryMetricSource(), (), moments) == ()
