"""Time windows and periods of the evidence, and the onset of the alarm's breach."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from quorum.domain.alarm_threshold import breaches, has_threshold
from quorum.domain.evidence import Alarm
from quorum.domain.evidence_times import delivery_seconds, evaluation_seconds, log_seconds

Points = Sequence[tuple[int, float]]

BASELINE_SECONDS: Final = 6 * 3600
"""Least baseline for an alarm of minutes: hundreds of requests, even at one a minute."""
MOST_POINTS: Final = 1440
FINE_RETENTION_SECONDS: Final = 3 * 3600
"""CloudWatch keeps points of less than a minute for three hours."""
_PERIODS: Final = (1, 5, 10, 30, 60, 300, 900, 3600)
_MINUTE: Final = 60


class Window(NamedTuple):
    """From `start` up to, not including, `end`: whole periods only."""

    start: datetime
    end: datetime
    period_seconds: int


def baseline_seconds(alarm: Alarm) -> int:
    """Return the seconds before the onset that make up the baseline of the series.

    It is never shorter than that of the log lines. Below a minute it is no longer either, because
    CloudWatch forgets fine points after three hours.
    """
    least = BASELINE_SECONDS if alarm.period_seconds >= _MINUTE else 0
    return max(least, log_seconds(alarm))


def alarm_window(alarm: Alarm, now: datetime) -> Window:
    """Return the window, in the alarm's own periods, in which its breach began."""
    fired = min(alarm.fired_at, now).timestamp()
    start = fired - evaluation_seconds(alarm) - baseline_seconds(alarm)
    if alarm.period_seconds < _MINUTE:
        start = max(start, now.timestamp() - FINE_RETENTION_SECONDS + alarm.period_seconds)
    return _whole(start, now.timestamp(), alarm.period_seconds)


def evidence_window(alarm: Alarm, onset: int, now: datetime) -> Window:
    """Return the window of the series: a baseline before the onset, up to the last whole period.

    The period is a second where the alarm's is at most ten, five seconds below a minute, and a
    minute otherwise; coarser where CloudWatch keeps no finer points or there would be too many.
    """
    start = onset - baseline_seconds(alarm)
    end = now.timestamp()
    finest = 1 if alarm.period_seconds <= 10 else 5 if alarm.period_seconds < _MINUTE else _MINUTE  # noqa: PLR2004
    if end - start >= FINE_RETENTION_SECONDS:
        finest = max(finest, _MINUTE)
    return _whole(start, end, coarse(finest, end - start))


def coarse(period: int, seconds: float) -> int:
    """Return the period, or the next longer one that makes few enough points of the seconds."""
    fitting = (p for p in _PERIODS if p >= period and seconds / p <= MOST_POINTS)
    return next(fitting, _PERIODS[-1])


def onset(alarm: Alarm, points: Points) -> int:
    """Return the start of the first period of the breach that led to the alarm.

    That breach lasted until the last period that the alarm evaluated: good periods as long as the
    alarm's own evaluation end it. A missing one neither breaches nor ends anything. Without such a
    breach it lies in periods that are not delivered yet: after the newest point, if that is recent,
    and else in the last evaluation. Without a threshold, everything that was evaluated counts.
    """
    fired = int(alarm.fired_at.timestamp())
    if alarm.evaluated and not has_threshold(alarm):
        return min(fired, alarm.evaluated[0][0])
    known = _points_until_alarm(alarm, points)
    began: int | None = None
    good = alarm.evaluation_periods
    last = 0
    for at, value in known:
        if not breaches(alarm, value):
            good += 1
            continue
        began = at if good >= alarm.evaluation_periods else began
        good, last = 0, at
    late = max(_MINUTE, delivery_seconds(alarm.period_seconds))
    if began is not None and last + 2 * evaluation_seconds(alarm) + late >= fired:
        return began
    latest = fired - evaluation_seconds(alarm)
    undelivered = known[-1][0] + alarm.period_seconds if known else latest
    return undelivered if latest - late <= undelivered <= latest else latest


def _points_until_alarm(alarm: Alarm, points: Points) -> list[tuple[int, float]]:
    """Return the points until the last breach that the alarm evaluated, or until it fired.

    Evaluated ones that are not delivered here are included. The delivered point counts where both
    exist: it is newer, and the other one came with a message.
    """
    fired = int(alarm.fired_at.timestamp())
    last = max((at for at, value in alarm.evaluated if breaches(alarm, value)), default=fired)
    known = dict(alarm.evaluated) | dict(points)
    return sorted((at, value) for at, value in known.items() if at <= min(last, fired))


def _whole(start: float, end: float, period: int) -> Window:
    first, last = (int(at) // period * period for at in (start, end))
    return Window(
        datetime.fromtimestamp(max(0, first), UTC), datetime.fromtimestamp(last, UTC), period
    )
