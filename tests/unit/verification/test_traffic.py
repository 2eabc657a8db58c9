"""Traffic, whatever its shape: what is silent or failing is never healthy."""

from hypothesis import given
from hypothesis import strategies as st

from functions.shared.domain.topology import ServiceMap
from functions.verification.traffic import COMPARABLE, ENOUGH_SUCCESSES, Moments, observe
from functions.verification.watched import Watched, watched
from tests.fakes import InMemoryMetricSource
from tests.unit.executor.bundles import bundle
from tests.unit.executor.evidence import RESOURCE, alarm
from tests.unit.verification.cases import EFFECT, ONSET, WINDOW, service

counts = st.dictionaries(st.integers(-60, 60), st.integers(0, 200), max_size=60)


def watching() -> tuple[Watched, ...]:
    return watched((alarm(),), bundle(), ServiceMap(services=(service(RESOURCE),)))


def source(requests: dict[int, int], errors: dict[int, int]) -> InMemoryMetricSource:
    found = InMemoryMetricSource()
    (one,) = watching()
    for query, points in ((one.requests, requests), (one.errors, errors)):
        found.add(query, tuple((EFFECT + 10 * n, float(v)) for n, v in sorted(points.items())))
    return found


@given(counts, counts, st.integers(0, 600), st.sampled_from([10, 30, 45, 300]))
def test_healthy_means_a_whole_window_of_comparable_successful_traffic_since_the_effect(
    requests: dict[int, int], errors: dict[int, int], elapsed: int, window: int
) -> None:
    moments = Moments(ONSET, EFFECT, EFFECT + elapsed, window)

    (traffic,) = observe(source(requests, errors), watching(), moments)

    if traffic.verdict == "healthy":
        assert elapsed >= window
        successes = traffic.requests - traffic.errors
        assert successes >= max(ENOUGH_SUCCESSES, COMPARABLE * traffic.compared)
        assert traffic.compared > 0
        since = sum(v for n, v in requests.items() if 0 <= 10 * n <= elapsed - 10)
        assert traffic.requests <= since


@given(counts, st.integers(0, 600))
def test_without_a_request_since_the_effect_nothing_is_healthy(
    errors: dict[int, int], elapsed: int
) -> None:
    quiet = source(dict.fromkeys(range(-60, -6), 100), errors)

    (traffic,) = observe(quiet, watching(), Moments(ONSET, EFFECT, EFFECT + elapsed, WINDOW))

    assert traffic.verdict != "healthy"


def test_a_period_that_has_not_ended_is_not_counted() -> None:
    (traffic,) = observe(
        source(dict.fromkeys(range(-60, 60), 100), {}),
        watching(),
        Moments(ONSET, EFFECT, EFFECT + WINDOW - 1, WINDOW),
    )

    assert (traffic.verdict, traffic.requests) == ("silent", 200)


def test_an_effect_within_a_period_leaves_that_period_out() -> None:
    moments = Moments(ONSET, EFFECT + 3, EFFECT + 3 + WINDOW, WINDOW)
    found = source(dict.fromkeys(range(-60, 60), 100), {0: 100})

    (traffic,) = observe(found, watching(), moments)
    assert traffic.verdict == "silent"

    (later,) = observe(found, watching(), moments._replace(now=EFFECT + 10 + WINDOW))
    assert (later.verdict, later.errors) == ("healthy", 0)


def test_nothing_to_watch_is_no_traffic() -> None:
    moments = Moments(ONSET, EFFECT, EFFECT + WINDOW, WINDOW)

    assert observe(InMemoryMetricSource(), (), moments) == ()
