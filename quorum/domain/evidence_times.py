"""Times that the collection of evidence and the seats agree on.

CloudWatch's newest periods are late, or only partly there, for minutes. Log lines go back less far
than series, because there are more of them.
"""

from typing import Final

from quorum.domain.constants import MOST_LOOKS
from quorum.domain.evidence import Alarm, Bundle

MAX_DELIVERY_SECONDS: Final = 300
"""Time after its end by which a period of a minute or more is complete; 30 to 240 s are usual."""
PERIODS: Final = 5
"""The same for shorter periods, in periods: metrics of high resolution are delivered sooner."""
LOG_WINDOWS: Final = 20
"""Evaluations of the alarm before the onset of which log lines are read."""
MOST_LOG_SECONDS: Final = 24 * 3600
MATURE_PERIODS: Final = 5
"""Complete periods since the onset from which another look adds little to the votes."""
MOST_WAIT_SECONDS: Final = 300
LEAST_WAIT_SECONDS: Final = 5
"""Between a decision and the next look, so that a person can answer in time."""


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


def seconds_to_next_look(bundle: Bundle, now: float) -> int:
    """Return the seconds until the evidence should be collected again; 0 if it need not be.

    It is collected one period of the first alarm after this bundle, while that is young or one of
    its sources is late: at most MOST_LOOKS times before the first action. `now` is in epoch
    seconds.
    """
    if bundle.tried or bundle.storm or bundle.round >= MOST_LOOKS:
        return 0
    period = bundle.alarms[0].period_seconds
    matured = bundle.onset + MATURE_PERIODS * period + delivery_seconds(period)
    young = bundle.taken_at.timestamp() < matured
    late = any(source.status == "stale" for source in bundle.sources)
    if not (young or late):
        return 0
    due = bundle.taken_at.timestamp() + min(period, MOST_WAIT_SECONDS)
    return max(LEAST_WAIT_SECONDS, round(due - now))
