"""Recovery on every AWS service: by its own requests, by its callers', or by the alarmed level."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from functions.verification.traffic import ObservationTimes, observe
from functions.verification.traffic_metrics import COUNTS, TrafficMetrics, traffic_to_watch
from quorum.domain.base import ResourceId
from quorum.domain.evidence import Alarm, Edge, Series
from quorum.domain.resources import own_dimensions
from quorum.domain.topology import ServiceMap
from quorum.ports.telemetry import MetricQuery
from quorum.services.naming import Place
from quorum.services.row import Kind
from quorum.services.rows import KINDS
from tests.builders.alarms import ACCOUNT, REGION, alarm
from tests.builders.bundles import bundle
from tests.builders.candidates import RESOURCE
from tests.builders.evidence import ONSET
from tests.builders.executor import Case
from tests.builders.verification import DEADLINE, EARLIEST, EFFECT, Verified
from tests.fakes import InMemoryMetricSource

PLACE: Final = Place("aws", REGION, ACCOUNT)
MEASURED: Final = [kind for kind in KINDS.values() if kind.dimensions and kind.signals]
MINUTE: Final = 60


def counted(kind: Kind, measure: str) -> set[str]:
    """Return the metrics of the row that count requests or errors."""
    return {s.metric for s in kind.signals if s.measure == measure and s.statistic in COUNTS}


COUNTING: Final = [k for k in MEASURED if counted(k, "requests") and counted(k, "errors")]


def of(kind: Kind) -> ResourceId:
    """Return the id of a resource of the kind."""
    return f"{kind.name}:{'/'.join(['x'] * len(kind.dimensions))}"


def fired(kind: Kind) -> Alarm:
    """Return an alarm on one of the resource's signals, in periods of a minute."""
    given = dict.fromkeys(kind.given, "y")
    signal = kind.signals[0]
    return alarm(
        resources=(of(kind),),
        namespace=signal.namespace or kind.namespace,
        metric=signal.metric,
        dimensions=own_dimensions(of(kind), PLACE, given),
        statistic=signal.statistic,
        period_seconds=MINUTE,
        evaluation_periods=1,
    )


def watched(kind: Kind, **bundled: Any) -> tuple[TrafficMetrics, ...]:
    """Return the traffic that shows the recovery of a resource of the kind."""
    return traffic_to_watch((fired(kind),), bundle(**bundled), ServiceMap())


def published(kind: Kind) -> tuple[Series, ...]:
    """Return the resource's requests as the evidence has them."""
    points = ((ONSET - MINUTE, 1.0),)
    return (
        Series(id="r", resource=of(kind), measure="requests", period_seconds=60, points=points),
    )


@pytest.mark.parametrize("kind", COUNTING, ids=lambda kind: kind.name)
def test_service_that_counts_requests_and_errors_is_watched_by_its_own(kind: Kind) -> None:
    (found,) = watched(kind, series=published(kind))

    assert (found.resource, found.own, found.period) == (of(kind), True, MINUTE)
    begun, failed = counted(kind, "requests"), counted(kind, "errors")
    assert {q.metric for q in found.requests} == ({*kind.ended} | failed if kind.ended else begun)
    assert {q.metric for q in found.errors} == counted(kind, "errors")
    assert {q.dimensions for q in found.queries} == {fired(kind).dimensions}
    assert len({q.id for q in found.queries}) == len(found.queries)


@pytest.mark.parametrize("kind", [k for k in MEASURED if k not in COUNTING], ids=lambda k: k.name)
def test_service_that_does_not_is_watched_by_its_callers(kind: Kind) -> None:
    edges = (Edge(caller=RESOURCE, callee=of(kind)),)

    assert watched(kind) == ()
    (found,) = watched(kind, edges=edges)
    assert (found.resource, found.own) == (RESOURCE, False)


def test_request_metrics_that_are_not_switched_on_leave_it_to_the_callers() -> None:
    bucket = KINDS["s3"]
    edges = (Edge(caller=RESOURCE, callee=of(bucket)),)

    (by_caller,) = watched(bucket, edges=edges)
    (by_bucket,) = watched(bucket, edges=edges, series=published(bucket))

    assert (by_caller.own, by_bucket.own) == (False, True)


@pytest.mark.parametrize("kind", COUNTING, ids=lambda kind: kind.name)
@pytest.mark.parametrize(
    ("failing", "verdict"), [(0.0, "healthy"), (80.0, "failing"), (None, "silent")]
)
def test_requests_of_every_service_show_recovery_and_failure(
    kind: Kind, failing: float | None, verdict: str
) -> None:
    watching = watched(kind, series=published(kind))
    source, effect = InMemoryMetricSource(), EFFECT + 300

    def draw(query: MetricQuery, before: float, during: float, since: float | None) -> None:
        values = dict.fromkeys(range(ONSET - 2400, ONSET, MINUTE), before)
        values |= dict.fromkeys(range(ONSET, effect, MINUTE), during)
        if since is not None:
            values |= dict.fromkeys(range(effect, effect + 1200, MINUTE), since)
        source.add(query, tuple(sorted(values.items())))

    draw(watching[0].requests[0], 100, 100, None if failing is None else 100)
    draw(watching[0].errors[-1], 0, 80, failing)
    (traffic,) = observe(
        source, watching, ObservationTimes(ONSET, effect, effect, effect + 1200, MINUTE)
    )

    assert traffic.verdict == verdict


def test_execution_that_has_begun_is_no_success_yet() -> None:
    watching = watched(KINDS["states"])
    (found,) = watching
    succeeded = next(q for q in found.requests if q.metric == "ExecutionsSucceeded")
    source, effect = InMemoryMetricSource(), EFFECT + 300
    minutes = range(ONSET - 2400, effect + 1200, MINUTE)
    begun = succeeded.model_copy(update={"metric": "ExecutionsStarted"})
    source.add(begun, tuple((at, 100.0) for at in minutes))
    source.add(succeeded, tuple((at, 100.0) for at in minutes if at < ONSET))
    source.add(found.errors[0], tuple((at, 100.0) for at in minutes if ONSET <= at < effect))

    (traffic,) = observe(
        source, watching, ObservationTimes(ONSET, effect, effect, effect + 1200, MINUTE)
    )

    assert traffic.verdict == "silent"


def of_level(namespace: str, metric: str, resource: str, **changed: Any) -> Alarm:
    """Return an alarm on a level of the resource, in periods of ten seconds."""
    fields = {
        "namespace": namespace,
        "metric": metric,
        "resources": (resource,),
        "dimensions": own_dimensions(resource, PLACE),
        "statistic": "Maximum",
        "threshold": 100.0,
        "comparison": "GreaterThanThreshold",
    }
    return alarm(**{**fields, **changed})


DEPTH: Final = of_level("AWS/SQS", "ApproximateNumberOfMessagesVisible", "sqs:orders")
AGE: Final = of_level("AWS/SQS", "ApproximateAgeOfOldestMessage", "sqs:orders")
LAG: Final = of_level("Shop", "ConsumerLag", "other:clicks", dimensions=())
SATURATION: Final = of_level("AWS/RDS", "CPUUtilization", "rds:orders", threshold=80.0)
EMPTYING: Final = of_level(
    "AWS/RDS", "FreeStorageSpace", "rds:orders", comparison="LessThanThreshold"
)


def scene(on: Alarm, level: Callable[[int], float | None], **bundled: Any) -> Verified:
    """Return the incident of an alarm with this level so many seconds after the effect."""
    found = Verified(Case(opened={"alarm": on}, bundled=bundled))
    query = MetricQuery(
        id="any",
        namespace=str(on.namespace),
        metric=str(on.metric),
        dimensions=on.dimensions,
        statistic="Maximum",
        period_seconds=on.period_seconds,
    )
    times = range(int(found.effect) - 60, int(found.effect) + 1000, 10)
    points = ((at, level(at - int(found.effect))) for at in times)
    found.metrics.add(query, tuple((at, v) for at, v in points if v is not None))
    return found


def falls(high: float, low: float) -> Callable[[int], float]:
    """Return a level that falls a minute after the effect."""
    return lambda since: high if since < MINUTE else low


levels: Final = pytest.mark.parametrize(
    ("on", "bad", "good"),
    [(DEPTH, 900, 0), (AGE, 9000, 20), (LAG, 900, 3), (SATURATION, 99, 30), (EMPTYING, 5, 800)],
    ids=["depth", "age", "lag", "saturation", "space"],
)


@levels
def test_level_without_requests_has_recovered_once_it_stays_within_the_threshold(
    on: Alarm, bad: float, good: float
) -> None:
    found = scene(on, falls(bad, good))
    found.alarm("ALARM", on.name)

    assert found.at(MINUTE + 30) == "pending"
    found.alarm("OK", on.name)
    assert found.at(MINUTE + 29) == "pending"
    assert found.at(MINUTE + 30) == "recovered"
    assert "back within" in found.checked[0].reason


@levels
def test_level_without_data_is_unverified(on: Alarm, bad: float, good: float) -> None:
    found = scene(on, lambda since: bad if since < 0 else (good if since < 20 else None))
    found.alarm("OK", on.name)

    assert found.at(DEADLINE - 1) == "pending"
    assert found.at(DEADLINE) == "unverified"


@levels
def test_level_that_stays_is_never_a_recovery(on: Alarm, bad: float, good: float) -> None:
    found = scene(on, lambda since: bad if since < 1000 else good)
    found.alarm("ALARM", on.name)

    assert found.at(EARLIEST) == ("failed" if on in {SATURATION, EMPTYING} else "pending")
    assert found.at(DEADLINE) != "recovered"


def test_requests_of_callers_decide_about_a_level_where_there_are_any() -> None:
    edges = (Edge(caller=RESOURCE, callee="rds:orders"),)
    found = scene(SATURATION, falls(99, 30), edges=edges)
    found.traffic(lambda _: 0)

    assert found.at(DEADLINE) == "unverified"
