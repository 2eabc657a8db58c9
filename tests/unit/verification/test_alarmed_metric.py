"""Datapoints of the alarmed metric since the effect: persisting, quiet, or no evidence."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.verification.alarmed_metric import AlarmedMetrics, observe_alarmed
from functions.verification.traffic import ObservationTimes
from functions.verification.traffic_metrics import TrafficMetrics, traffic_to_watch
from quorum.domain.evidence import Alarm
from quorum.domain.topology import ServiceMap
from quorum.ports.telemetry import MetricQuery
from tests.builders.alarms import alarm
from tests.builders.bundles import bundle
from tests.builders.candidates import RESOURCE
from tests.builders.evidence import ONSET
from tests.builders.verification import EFFECT, service
from tests.fakes import InMemoryMetricSource

LATENCY: dict[str, Any] = {
    "namespace": "Shop/latency",
    "metric": "LatencyMs",
    "statistic": "p95",
    "threshold": 100.0,
    "comparison": "GreaterThanThreshold",
    "evaluation_periods": 2,
}
NAME = "checkout-latency"
PERSISTS = AlarmedMetrics(frozenset({NAME}), frozenset())
QUIET = AlarmedMetrics(frozenset(), frozenset({NAME}))
NEITHER = AlarmedMetrics(frozenset(), frozenset())
HALVED = AlarmedMetrics(frozenset(), frozenset(), frozenset({NAME}))


def times(elapsed: float, settles: float = 0) -> ObservationTimes:
    return ObservationTimes(ONSET, EFFECT, EFFECT + settles, EFFECT + elapsed, 20)


def read(
    since: list[float | None],
    during: float | tuple[float, ...] = 900,
    *,
    watched: tuple[TrafficMetrics, ...] = (),
    settles: float = 0,
    late: float = 0,
    **changed: Any,
) -> AlarmedMetrics:
    """Return the evidence of an alarm with these values since the effect; None is missing."""
    found: Alarm = alarm(NAME, **{**LATENCY, **changed})
    source = InMemoryMetricSource()
    values = during if isinstance(during, tuple) else (during,) * 6
    fault = tuple(zip(range(ONSET, EFFECT, 10), values, strict=True))
    points = tuple((EFFECT + 10 * n, v) for n, v in enumerate(since) if v is not None)
    query = MetricQuery(
        id="any",
        namespace=str(found.namespace),
        metric=str(found.metric),
        dimensions=found.dimensions,
        statistic="Sum" if found.statistic == "Sum" else "p95",
        period_seconds=found.period_seconds,
    )
    source.add(query, (*fault, *points))
    return observe_alarmed(source, [found], watched, times(10 * len(since) - late, settles))


def judged(*given: Any, **changed: Any) -> AlarmedMetrics:
    """Return the evidence without what has cleared."""
    return read(*given, **changed)._replace(cleared=frozenset())


@pytest.mark.parametrize(
    ("since", "found"),
    [
        ([900, 900], PERSISTS),
        ([900, None, 900], PERSISTS),
        ([900], NEITHER),
        ([], QUIET),
        ([None, None], QUIET),
        ([90, 100, 50], QUIET),
        ([900, 50, 50], NEITHER),
        ([900, 900, 50], NEITHER),
        ([50, 50, 900], NEITHER),
        ([900, 50, 900], PERSISTS),
        ([490, 490], HALVED),
        ([500, 500], PERSISTS),
    ],
)
def test_most_points_breach_the_newest_too_and_about_as_far_as_before(
    since: list[float | None], found: AlarmedMetrics
) -> None:
    assert judged(since) == found


def test_a_period_that_has_not_ended_is_not_counted() -> None:
    assert judged([900, 900], late=1) == NEITHER
    assert judged([50, 900], late=1) == QUIET


def test_nothing_persists_before_the_effect_has_reached_every_request() -> None:
    assert judged([900, 900, 900], settles=20) == NEITHER
    assert judged([900, 900, 900], settles=10) == PERSISTS


def test_a_metric_without_points_before_the_effect_persists_by_its_threshold() -> None:
    assert judged([101, 101], during=50) == PERSISTS


@pytest.mark.parametrize(
    ("comparison", "threshold", "value"),
    [
        ("GreaterThanThreshold", 100, 900),
        ("GreaterThanOrEqualToThreshold", 900, 900),
        ("LessThanThreshold", 100, 9),
        ("LessThanOrEqualToThreshold", 9, 9),
    ],
)
def test_every_comparison_of_a_static_threshold_is_known(
    comparison: str, threshold: float, value: float
) -> None:
    found = judged([value] * 3, during=value, comparison=comparison, threshold=threshold)
    calm = judged(
        [threshold + (threshold - value or (1 if value < 50 else -1))] * 3,
        comparison=comparison,
        threshold=threshold,
    )

    assert found == PERSISTS
    assert calm == QUIET


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "composite"},
        {"kind": "math"},
        {"namespace": None},
        {"metric": None},
        {"threshold": None},
        {"comparison": "GreaterThanUpperThreshold"},
        {"statistic": "median"},
        {"statistic": None},
    ],
)
def test_an_alarm_that_cannot_be_read_is_no_evidence(changed: dict[str, Any]) -> None:
    assert judged([900] * 5, **changed) == NEITHER
    assert judged([], **changed) == NEITHER


@pytest.mark.parametrize(
    "metric",
    ["ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage", "IteratorAge"],
)
def test_a_backlog_outlasts_its_cause_and_never_persists(metric: str) -> None:
    assert judged([900] * 5, metric=metric) == NEITHER
    assert judged([], metric=metric) == QUIET


@given(st.lists(st.none() | st.sampled_from([0.0, 50.0, 900.0]), max_size=8))
def test_the_traffic_decides_about_its_own_errors(since: list[float | None]) -> None:
    watched = traffic_to_watch((alarm(),), bundle(), ServiceMap(services=(service(RESOURCE),)))

    found = judged(since, watched=watched, namespace=f"Shop/{RESOURCE}", metric="Errors")

    assert found == QUIET


@given(
    st.lists(st.none() | st.floats(0, 1000), max_size=8),
    st.floats(0, 1000),
    st.integers(1, 4),
)
def test_persistent_failures_are_not_quiet(
    since: list[float | None], during: float, periods: int
) -> None:
    found = judged(since, during, evaluation_periods=periods)

    assert not found.persisting & found.quiet
    assert not found.halved & (found.persisting | found.quiet)
    if not any(value is not None and value > 100 for value in since):
        assert found == QUIET


def test_the_last_period_before_the_effect_shows_the_fault_too() -> None:
    late = (50.0, 50.0, 50.0, 50.0, 50.0, 900.0)

    assert judged([490, 490], late) == HALVED
    assert judged([500, 500], late) == PERSISTS


def test_a_threshold_of_zero_is_a_threshold() -> None:
    assert judged([1, 1], 1, threshold=0.0) == PERSISTS
    assert judged([0, 0], 1, threshold=0.0) == QUIET


def test_the_query_begins_at_the_period_of_the_onset() -> None:
    source = InMemoryMetricSource()
    starts = list[float]()

    def recorded(
        _: object, start: datetime, __: object
    ) -> dict[str, tuple[tuple[int, float], ...]]:
        starts.append(start.timestamp())
        return {}

    source.fetch = recorded  # type: ignore[assignment,method-assign]
    observe_alarmed(source, [alarm(NAME, **LATENCY)], (), times(60)._replace(onset=ONSET + 3.7))

    assert starts == [ONSET]


def test_nothing_is_read_without_an_alarm_that_can_be() -> None:
    source = InMemoryMetricSource()

    assert observe_alarmed(source, [], (), times(60)) == NEITHER


DEPTH: dict[str, Any] = {
    "namespace": "AWS/SQS",
    "metric": "ApproximateNumberOfMessagesVisible",
    "resources": ("sqs:orders",),
}


def has_cleared(since: list[float | None], **changed: Any) -> bool:
    """Return whether the queue's depth has cleared with these values since the effect."""
    return bool(read(since, **{**DEPTH, **changed}).cleared)


@pytest.mark.parametrize(
    ("since", "cleared"),
    [
        ([50, 50, 50], True),
        ([900, 900, 50, 50, 50], True),
        ([900, None, 50, 50, 50], True),
        ([50, 50], False),
        ([50, 50, 900], False),
        ([50, None, 50, 50], False),
        ([50, 50, 50, *[None] * 9], False),
        ([None] * 9, False),
        ([], False),
    ],
)
def test_level_has_cleared_after_enough_fresh_periods_in_a_row(
    since: list[float | None], *, cleared: bool
) -> None:
    assert has_cleared(since) == cleared


def test_level_clears_only_after_as_many_periods_as_the_alarm_evaluates() -> None:
    assert not has_cleared([50] * 4, evaluation_periods=5)
    assert has_cleared([50] * 5, evaluation_periods=5)


def test_level_that_never_breached_shows_no_recovery() -> None:
    assert not has_cleared([50] * 5, during=50)
    assert has_cleared([50] * 5, during=(50, 50, 50, 50, 50, 900))


def test_periods_before_the_effect_has_settled_clear_nothing() -> None:
    assert not has_cleared([50] * 3, settles=10)
    assert has_cleared([50] * 4, settles=10)


@pytest.mark.parametrize(
    ("changed", "level"),
    [
        ({}, True),
        ({"metric": "ApproximateAgeOfOldestMessage"}, True),
        ({"metric": "ApproximateNumberOfMessagesNotVisible", "statistic": "Sum"}, True),
        ({"namespace": "AWS/RDS", "metric": "CPUUtilization", "resources": ("rds:a",)}, True),
        ({"namespace": "AWS/RDS", "metric": "FreeStorageSpace", "resources": ("rds:a",)}, True),
        ({"namespace": "AWS/EC2", "metric": "StatusCheckFailed", "resources": ("ec2:i",)}, True),
        (
            {
                "namespace": "AWS/DynamoDB",
                "metric": "ReadThrottleEvents",
                "resources": ("dynamodb:t",),
            },
            False,
        ),
        (
            {
                "namespace": "AWS/SNS",
                "metric": "NumberOfNotificationsFailed",
                "resources": ("sns:t",),
            },
            False,
        ),
        ({"namespace": "Shop", "metric": "QueueDepth", "resources": ()}, True),
        ({"namespace": "Shop", "metric": "Failures", "resources": (), "statistic": "Sum"}, False),
        ({"kind": "composite"}, False),
    ],
)
def test_only_a_level_clears_as_a_count_is_low_without_requests_too(
    changed: dict[str, Any], *, level: bool
) -> None:
    assert has_cleared([50] * 5, **changed) == level


@given(
    st.lists(st.none() | st.sampled_from([50.0, 900.0]), max_size=12),
    st.integers(1, 4),
    st.integers(0, 40),
)
def test_cleared_level_neither_persists_nor_lacks_data(
    since: list[float | None], periods: int, settles: int
) -> None:
    found = read(since, evaluation_periods=periods, settles=settles, **DEPTH)

    assert not found.cleared & (found.persisting | found.halved)
    if found.cleared:
        known = [value for value in since if value is not None]
        assert known[-max(3, periods) :] == [50.0] * max(3, periods)
