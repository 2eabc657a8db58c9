"""Metrics of the model: what is counted, when it is delivered, and what is absent."""

from datetime import UTC, datetime

import pytest

from benchmarks.pace.facts import LOG_NAMESPACE
from benchmarks.pace.metrics import LOG_METRIC
from tests.unit.benchmarks.pace.shops import START, broken, query, store, traffic


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def minutes(metric: str, lag: float, *, partial: bool) -> dict[int, float]:
    found, clock = store(broken(), lag, partial=partial)
    points = found.fetch([query(metric)], at(START - 600), clock())
    return {start - START: value for start, value in points[metric]}


@pytest.mark.parametrize(("lag", "newest"), [(30, 480), (60, 480), (90, 420), (240, 300)])
def test_a_period_is_delivered_once_the_lag_has_passed_since_its_end(lag: int, newest: int) -> None:
    assert max(minutes("Invocations", lag, partial=False)) == newest


def test_until_then_about_half_of_it_shows_or_nothing() -> None:
    late, whole = (
        minutes("Invocations", 240, partial=True),
        minutes("Invocations", 30, partial=False),
    )
    assert max(late) == 540
    undelivered = [start for start in late if start > 300]
    assert sum(late[s] for s in undelivered) < 0.8 * 60 * len(undelivered)
    assert all(late[s] == whole[s] for s in whole if s <= 300)


def test_errors_are_those_of_the_faulty_version_from_its_release_on() -> None:
    errors, requests = (
        minutes("Errors", 30, partial=False),
        minutes("Invocations", 30, partial=False),
    )
    assert not any(value for start, value in errors.items() if start < 0)
    assert errors[120] == requests[120] > 30


def test_a_version_has_its_own_series_and_the_versions_add_up() -> None:
    found, clock = store(broken(START + 30))
    queries = {v: query("Invocations", version=v) for v in ("7", "8")}
    points = {
        v: dict(found.fetch([q], at(START - 120), clock())["Invocations"])
        for v, q in queries.items()
    }
    whole = dict(found.fetch([query("Invocations")], at(START - 120), clock())["Invocations"])
    assert START + 60 not in points["7"]
    assert START - 60 not in points["8"]
    assert points["7"][START] + points["8"][START] == whole[START]


def test_another_alias_or_function_has_no_points() -> None:
    found, clock = store(traffic())
    other = query("Errors").model_copy(
        update={"dimensions": (("FunctionName", "pay"), ("Resource", "pay:other"))}
    )
    unknown = query("Errors").model_copy(update={"dimensions": (("FunctionName", "x"),)})
    assert found.fetch([other], at(START - 600), clock())["Errors"] == ()
    assert found.fetch([unknown], at(START - 600), clock())["Errors"] == ()


def test_a_metric_of_failures_has_points_only_where_something_failed() -> None:
    found, clock = store(broken())
    lines = query(LOG_METRIC).model_copy(update={"namespace": LOG_NAMESPACE})
    points = dict(found.fetch([lines], at(START - 600), clock())[LOG_METRIC])
    assert min(points) == START
    assert all(value > 0 for value in points.values())


def test_a_quiet_minute_has_no_point_at_all() -> None:
    found, clock = store(traffic(rate=0.2))
    points = found.fetch([query("Errors")], at(START - 3600), clock())["Errors"]
    assert 0 < len(points) < 30


def test_longer_periods_hold_the_sum_of_their_minutes() -> None:
    found, clock = store(broken())
    fine = dict(found.fetch([query("Invocations")], at(START - 600), clock())["Invocations"])
    coarse = dict(found.fetch([query("Invocations", 300)], at(START - 600), clock())["Invocations"])
    assert coarse[START - 300] == sum(fine[START - 300 + 60 * n] for n in range(5))


def test_two_weeks_are_there_and_join_what_is_drawn_singly() -> None:
    found, clock = store(traffic(rate=60, noise=0.01))
    points = found.fetch([query("Invocations", 3600)], at(START - 14 * 86_400), clock())[
        "Invocations"
    ]
    assert len(points) >= 14 * 24
    assert all(3000 < value < 4200 for _, value in points[:-1])
    errors = found.fetch([query("Errors", 3600)], at(START - 14 * 86_400), clock())["Errors"]
    assert 20 < sum(v for _, v in errors) / len(errors) < 50


def test_slow_requests_show_in_the_duration_alone() -> None:
    found, clock = store(broken(slow=True))
    points = dict(found.fetch([query("Duration")], at(START - 600), clock())["Duration"])
    errors = dict(found.fetch([query("Errors")], at(START - 600), clock())["Errors"])
    assert points[START + 60] > 3 * points[START - 120]
    assert not any(errors.values())
