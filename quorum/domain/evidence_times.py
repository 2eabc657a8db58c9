"""Times that the collection of evidence and the seats agree on.

CloudWatch's newest periods are late, or only partly there, for minutes. Log lines go back less far
than series, because there are more of them.
"""

from typing import Final

from quorum.domain.evidence import Alarm

MAX_DELIVERY_SECONDS: Final = 300
"""Time after its end by which a period of a minute or more is complete; 30 to 240 s are usual."""
PERIODS: Final = 5
"""The same for shorter periods, in periods: metrics of high resolution are delivered sooner."""
LOG_WINDOWS: Final = 20
"""Evaluations of the alarm before the onset of which log lines are read."""
MOST_LOG_SECONDS: Final = 24 * 3600


def evaluation_seconds(alarm: Alarm) -> int:
    """Return the seconds that the alarm evaluates."""
    return alarm.period_seconds * alarm.evaluation_periods


def log_seconds(alarm: Alarm) -> int:
    """Return the seconds before the onset of which log lines are read."""
    return min(MOST_LOG_SECONDS, LOG_WINDOWS * evaluation_seconds(alarm))


def delivery_seconds(period_seconds: int) -> int:
    """Return the seconds after its end by which a period of this length is complete."""
    return min(MAX_DELIVERY_SECONDS, PERIODS * period_seconds)


def is_complete(at: float, period_seconds: int, now: float) -> bool:
    """Return whether the period that starts at `at` is complete at `now`, in epoch seconds.

    A low value of an incomplete period shows nothing; a high one is real, because counts only grow.
    """
    return at + period_seconds + delivery_seconds(period_seconds) <= now
