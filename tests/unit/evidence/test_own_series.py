"""The alarm's own series, of every form of alarm, in the evidence."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import pytest

from functions.evidence.queries import math_requests, series_requests
from quorum.application.inventory import Inventory
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.evidence import Alarm, AlarmQuery
from quorum.domain.topology import Service, ServiceMap
from quorum.ports.telemetry import MetricQuery
from tests.builders.shop import Shop
from tests.builders.topology import BACK, FAULT, LIMIT, MAP, Measured, alarm
from tests.fakes import START

SHARE: Final = (
    AlarmQuery(
        id="m1", namespace="Shop/front", metric="Errors", statistic="Sum", period_seconds=60
    ),
    AlarmQuery(id="e1", expression="100 * m1", returned=True),
)
BALANCER: Final = (("LoadBalancer", "app/a/1"), ("TargetGroup", "targetgroup/t/2"))


def of_group(**changes: Any) -> Alarm:
    """Return an alarm on the failures of a load balancer's target group."""
    fields = {
        "namespace": "AWS/ApplicationELB",
        "metric": "HTTPCode_Target_5XX_Count",
        "dimensions": BALANCER,
        "statistic": "Sum",
        "resources": ("targetgroup:t/2",),
        "period_seconds": 60,
    }
    return alarm("balancer", **{**fields, **changes})


def of_math(name: str = "share", **changes: Any) -> Alarm:
    """Return an alarm on an expression, which names no resource."""
    nothing = {"metric": None, "namespace": None, "dimensions": (), "resources": ()}
    return alarm(name, **{**nothing, "kind": "math", "queries": SHARE, **changes})


def measure(shop: Shop, fired: Alarm, *values: float) -> None:
    """Have the alarm's metric or expression the values in the minutes before the fault."""
    first = FAULT // 60 * 60 - 60 * len(values)
    points = tuple((first + 60 * n, value) for n, value in enumerate(values))
    query = MetricQuery(
        id="any",
        namespace=fired.namespace or "",
        metric=fired.metric or "",
        dimensions=fired.dimensions,
        statistic=fired.statistic or "Sum",
        period_seconds=60,
        entries=fired.queries,
    )
    shop.metrics.add(query, points)


@pytest.mark.parametrize(
    "statistic",
    [
        *("Sum", "Average", "Minimum", "Maximum", "SampleCount", "IQM"),
        *("p50", "p70", "p99.9", "p99.99", "p100", "tm95", "tm99.99", "wm98", "tc90", "ts80"),
        *("TS(:500)", "TM(10%:90%)", "PR(:300)", "WM(15%:85%)"),
    ],
)
def test_every_statistic_of_cloudwatch_has_its_series(statistic: str) -> None:
    found = series_requests([of_group(statistic=statistic)], [], 60)
    assert [(one.query.statistic, one.alarm) for one in found] == [
        (statistic, "shop-balancer-errors")
    ]


@pytest.mark.parametrize("statistic", ["p", "median", "TM", "p99)", "TS(drop)", ""])
def test_text_that_is_no_statistic_is_not_queried(statistic: str) -> None:
    assert series_requests([of_group(statistic=statistic)], [], 60) == ()


def test_expression_is_queried_whole_and_once() -> None:
    (found,) = math_requests([of_math(comparison="LessThanThreshold")])
    assert (found.query.entries, found.query.least) == (SHARE, True)
    assert found.resource == "alarm:shop-share-errors"
    assert math_requests([of_group()]) == ()


def test_number_of_expressions_queried_is_bounded() -> None:
    assert len(math_requests([of_math(f"share-{n}") for n in range(20)])) == 5


def test_alarm_without_a_resource_has_its_own_series_as_evidence() -> None:
    shop, fired = Shop(), of_group(resources=())
    measure(shop, fired, 0, 3)

    bundle = shop.bundle(fired)

    (own,) = [one for one in bundle.series if one.alarmed]
    assert (own.resource, [v for _, v in own.points][:2]) == ("alarm:shop-balancer-errors", [0, 3])
    assert {s.name: s.status for s in bundle.sources}["metrics"] == "ok"


def test_alarm_on_a_target_group_has_the_group_signals_by_its_dimensions() -> None:
    shop, fired = Shop(), of_group()
    measure(shop, fired, 0, 3)
    measure(shop, of_group(metric="RequestCount"), 10, 9)

    found = {(s.measure, s.alarmed) for s in shop.bundle(fired).series}

    assert found >= {("errors", True), ("requests", False)}


def test_result_of_metric_math_is_evidence_of_the_alarm() -> None:
    shop, fired = Shop(), of_math()
    measure(shop, fired, 0, 40)

    (own,) = [one for one in shop.bundle(fired).series if one.alarmed]

    assert (own.resource, own.measure) == ("alarm:shop-share-errors", "other")
    assert [value for _, value in own.points][:2] == [0, 40]


def test_expression_that_cloudwatch_refuses_costs_no_other_series() -> None:
    class Refusing(Measured):
        def fetch(self, queries: Sequence[MetricQuery], *when: Any) -> Any:
            if any(query.entries for query in queries):
                raise SourceUnavailableError("ValidationError")
            return super().fetch(queries, *when)

    shop = Shop()
    points = shop.metrics.points
    shop.metrics = Refusing()
    shop.metrics.points = points
    shop.open(alarm())
    shop.write_joining(of_math(fired_at=START - timedelta(seconds=5)))

    bundle = shop.bundle()

    assert {one.resource for one in bundle.series} >= {"lambda:front"}
    assert not [one for one in bundle.series if one.resource == "alarm:shop-share-errors"]


def unnamed(**changes: Any) -> Alarm:
    """Return an alarm on a metric that names no resource."""
    return alarm("orders", **{"namespace": "Team", "dimensions": (), "resources": (), **changes})


def test_alarm_without_a_resource_has_the_recent_changes_of_all_and_no_candidate() -> None:
    shop = Shop()
    shop.release("back", "8")
    shop.states.settings[LIMIT]["version"] = 5

    bundle = shop.bundle(unnamed())

    assert {change.resource for change in bundle.changes} == {BACK, LIMIT}
    assert bundle.candidates == ()
    assert bundle.states == ()


def test_alarm_with_a_resource_has_the_changes_of_its_scope_alone() -> None:
    shop = Shop()
    lonely = Service(resource="lambda:lonely")
    shop.topology.map = ServiceMap(services=(*MAP.services, lonely))
    shop.states.settings["lambda:lonely"] = {"alias": "live", "alias_version": "1"}
    shop.looked()
    Inventory(shop.states, shop.book, shop.ledger, shop.clock).observe("lambda:lonely", "live")
    shop.states.settings["lambda:lonely"]["alias_version"] = "2"

    assert {c.resource for c in shop.bundle(unnamed()).changes} == {"lambda:lonely"}

    other = Shop()
    other.topology.map, other.book, other.states = shop.topology.map, shop.book, shop.states
    assert other.bundle().changes == ()


def test_changes_that_cannot_be_read_are_a_gap_of_an_alarm_without_a_resource() -> None:
    shop = Shop()
    shop.states.error = SourceUnavailableError("AccessDenied")

    sources = {s.name: s for s in shop.bundle(unnamed()).sources}

    assert sources["changes"].status == "failed"
    assert BACK in sources["changes"].detail
