"""A function whose newest minutes are late is read from its logs, and what is late stays late."""

from typing import Any, Final

import pytest

from functions.evidence.sources import MOST_LINES
from quorum.domain.conventions import metrics_of, metrics_of_version
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.evidence import Bundle, Series
from quorum.domain.topology import ServiceMap
from tests.builders.shop import Shop, query_of
from tests.builders.topology import FRONT, alarm
from tests.fakes import START
from tests.unit.evidence.breaking import source
from tests.unit.evidence.invocations import as_json

NOW: Final = int(START.timestamp())
GROUP: Final = "/aws/lambda/front"
FAILING: Final = NOW - 180
LATE: Final = 180
"""Seconds that CloudWatch is behind."""


def late(behind: int = LATE) -> Shop:
    """Return a function without a map: ten requests a minute, of which half fail by now."""
    shop = Shop()
    shop.topology.map = ServiceMap()
    shop.metrics.points.clear()
    for metric in (*metrics_of(FRONT, None), *metrics_of_version(FRONT, None, "live", "3")):
        value = {"requests": 10.0, "latency": 20.5}.get(metric.measure, 0.0)
        query = query_of(metric, 60)
        minutes = range(NOW - 3600, NOW - behind, 60)
        fails = metric.measure == "errors"
        shop.metrics.add(
            query, tuple((m, 5.0 if fails and m >= FAILING else value) for m in minutes)
        )
    shop.logs.groups[GROUP] = [
        line
        for number in range(200)
        for line in as_json(
            NOW - 1200 + number * 6,
            number,
            status="error" if NOW - 1200 + number * 6 >= FAILING and number % 2 else "success",
        )
    ]
    return shop


def bundle(shop: Shop, **fields: Any) -> Bundle:
    fired = {
        "namespace": "AWS/Lambda",
        "period_seconds": 60,
        "dimensions": (("FunctionName", "front"),),
    }
    return shop.bundle(alarm(**{**fired, **fields}))


def errors(found: Bundle, version: str | None = None) -> Series:
    (series,) = [s for s in found.series if (s.measure, s.version) == ("errors", version)]
    return series


@pytest.mark.parametrize("version", [None, "3"])
def test_late_minutes_come_from_the_logs_and_the_series_says_so(version: str | None) -> None:
    series = errors(bundle(late()), version)
    assert dict(series.points)[NOW - 120] == 5.0
    assert max(series.points)[0] == NOW - 120, "the newest minute may not be complete"
    assert series.logged_since == NOW - LATE - 60
    assert max(series.delivered().points)[0] < NOW - LATE - 60


def test_metrics_that_are_on_time_are_not_read_from_logs() -> None:
    shop, limits = late(behind=60), list[int]()
    lines = shop.logs.lines

    def noted(group: str, start: Any, end: Any, limit: int) -> Any:
        limits.append(limit)
        return lines(group, start, end, limit)

    shop.logs.lines = noted  # type: ignore[method-assign]
    assert errors(bundle(shop)).logged_since is None
    assert set(limits) == {MOST_LINES}


@pytest.mark.parametrize("error", [SourceUnavailableError("throttled"), KeyError("x")])
def test_logs_that_cannot_be_read_leave_the_series_as_cloudwatch_has_them(error: Exception) -> None:
    shop = late()
    lines = shop.logs.lines

    def partly(group: str, start: Any, end: Any, limit: int) -> Any:
        if limit > MOST_LINES:
            raise error
        return lines(group, start, end, limit)

    shop.logs.lines = partly  # type: ignore[method-assign]
    found = bundle(shop)
    assert max(errors(found).points)[0] == NOW - LATE - 60
    assert found.gaps() == bundle(late()).gaps()


def test_numbers_from_logs_do_not_make_stale_metrics_fresh() -> None:
    shop = late(behind=600)
    found = bundle(shop)
    assert max(errors(found).points)[0] == NOW - 120
    assert source(found, "metrics").status == "stale"


def test_series_without_points_from_logs_keeps_its_former_form() -> None:
    """Digests of bundles from before the field stay the same."""
    assert "logged_since" not in errors(bundle(late(behind=60))).model_dump(mode="json")
