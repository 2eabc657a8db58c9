"""Late periods are filled from log lines that agree with CloudWatch, and from no others."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from functions.evidence.late_metrics import Filled, filled
from functions.evidence.logged_metrics import logged_metrics
from functions.evidence.queries import Points, SeriesRequest, series_requests
from quorum.domain.conventions import metrics_of, metrics_of_version
from quorum.ports.telemetry import LogLine
from tests.builders.topology import FRONT, alarm
from tests.unit.evidence.invocations import as_json, text

MINUTE: Final = 60
START: Final = 1_795_435_200
MINUTES: Final = 8
"""Of traffic; CloudWatch has delivered the first five, the newest of them in parts."""
DELIVERED: Final = 5
FAULT: Final = 4
RATE: Final = 10
Format = Callable[..., Iterator[LogLine]]


def at(minute: float) -> int:
    return START + round(minute * MINUTE)


def lines(
    written: Format = as_json, *, keep: Callable[[int], bool] = lambda _: True, failing: int = 5
) -> list[LogLine]:
    """Return the lines of ten requests a minute; half of them fail from the fault on."""
    found: list[LogLine] = []
    for number in range(MINUTES * RATE):
        minute, place = divmod(number, RATE)
        failed = minute >= FAULT and place < failing
        status = "error" if failed else "success" if written is as_json else ""
        if keep(number):
            found += written(at(minute) + place * 6, number, status=status)
    return found


def wants(**changes: Any) -> tuple[SeriesRequest, ...]:
    fired = alarm(namespace="AWS/Lambda", period_seconds=60, **changes)
    metrics = (*metrics_of(FRONT, None), *metrics_of_version(FRONT, None, "live", "3"))
    return series_requests([fired], [(FRONT, metric) for metric in metrics], MINUTE)


def answers(asked: tuple[SeriesRequest, ...], *, errors: bool = True) -> dict[str, Points]:
    """Return what CloudWatch has delivered."""
    counts = {
        "Invocations": [10.0] * (DELIVERED - 1) + [6.0],
        "Errors": [0.0] * FAULT + [3.0] * errors * (DELIVERED - FAULT),
        "Duration": [20.5] * DELIVERED,
    }
    found = {want.query.id: counts.get(want.query.metric, []) for want in asked}
    return {
        name: tuple((at(n), value) for n, value in enumerate(values))
        for name, values in found.items()
    }


def fill(
    logged: list[LogLine], until: float = MINUTES, given: dict[str, Points] | None = None
) -> dict[str, dict[int, float]]:
    """Return the points by metric and version, by minute."""
    return by_minute(result(logged, until, given))


def result(
    logged: list[LogLine], until: float = MINUTES, given: dict[str, Points] | None = None
) -> Filled:
    asked = wants()
    metrics = logged_metrics("front", "live", logged, at(until))
    found = {} if metrics is None else {FRONT: metrics}
    return filled(asked, answers(asked) if given is None else given, found)


def by_minute(found: Filled) -> dict[str, dict[int, float]]:
    return {
        f"{want.metric.name}@{want.metric.version}": {
            (when - START) // MINUTE: value for when, value in found.points[want.query.id]
        }
        for want in wants()
        if want.query.id in found.points
    }


NOTHING: Final = by_minute(Filled(answers(wants()), {}))


@pytest.mark.parametrize("version", ["None", "3"])
def test_late_minutes_and_the_half_delivered_one_are_from_the_logs(version: str) -> None:
    found = fill(lines())
    assert found[f"Invocations@{version}"] == dict.fromkeys(range(MINUTES), 10.0)
    assert found[f"Errors@{version}"] == {m: 5.0 * (m >= FAULT) for m in range(MINUTES)}
    assert found[f"Duration@{version}"] == dict.fromkeys(range(MINUTES), 20.5)


def test_each_filled_series_says_since_when() -> None:
    found = result(lines())
    assert set(found.logged_since.values()) == {at(DELIVERED - 1)}
    assert len(found.logged_since) == 6


def test_minute_that_has_not_ended_in_the_logs_is_left_out() -> None:
    assert max(fill(lines(), until=6.9)["Invocations@None"]) == 5


def test_metrics_that_are_not_late_stay_as_they_are() -> None:
    asked = wants()
    whole = dict(answers(asked).items())
    found = filled(asked, whole, {})
    assert found == Filled(whole, {})


@pytest.mark.parametrize(
    "keep",
    [
        lambda n: n % 10 != 0,
        lambda n: n % 2 == 0,
        lambda n: n >= (DELIVERED - 1) * RATE,
        lambda n: n < RATE,
    ],
    ids=["a tenth is missing", "sampled", "nothing to compare", "nothing new"],
)
def test_lines_that_are_incomplete_fill_nothing(keep: Callable[[int], bool]) -> None:
    assert fill(lines(keep=keep)) == NOTHING


def test_more_requests_in_the_logs_than_cloudwatch_counted_fill_nothing() -> None:
    more = [line for n in range(30) for line in as_json(at(1) + n * 1.5, 1000 + n)]
    assert fill([*lines(), *more]) == NOTHING


def test_the_oldest_minute_of_the_lines_is_not_compared_as_it_may_be_cut() -> None:
    found = fill(lines(keep=lambda n: n >= 15))
    assert found["Invocations@None"][MINUTES - 1] == 10.0


def test_failures_in_the_logs_alone_fill_nothing() -> None:
    asked = wants()
    early = dict(answers(asked).items())
    failing = lines() + [
        line for n in range(4) for line in as_json(at(2) + 1 + n, 2000 + n, status="error")
    ]
    assert fill(failing, given=early) == NOTHING


def test_text_log_with_the_failures_fills() -> None:
    """A timeout is in REPORT; the shop's requests time out."""
    assert fill(lines(text))["Errors@None"][MINUTES - 1] == 5.0


def test_text_log_without_the_failures_fills_nothing() -> None:
    """An exception is not in REPORT: its requests would look healthy."""
    assert fill(lines(text, failing=0)) == NOTHING


def test_text_log_proves_nothing_before_a_failure_was_delivered() -> None:
    asked = wants()
    none = {
        name: tuple((when, 0.0) if "Errors" in name else (when, v) for when, v in points)
        for name, points in answers(asked).items()
    }
    quiet = by_minute(Filled(none, {}))
    assert fill(lines(text), given=none) == quiet
    assert fill(lines(as_json), given=none) != quiet


def test_fewer_requests_than_cloudwatch_has_already_delivered_fill_nothing() -> None:
    found = lines(keep=lambda n: not DELIVERED - 1 <= n / RATE < DELIVERED - 0.5)
    assert fill(found) == NOTHING


def test_without_a_delivered_count_there_is_nothing_to_compare_with() -> None:
    assert fill(lines(), given={}) == {}


def test_count_is_never_added_to_cloudwatchs() -> None:
    for name, points in fill(lines()).items():
        if name.startswith("Invocations"):
            assert max(points.values()) == 10.0, name
