"""What the traffic says: healthy for a whole window since the effect, failing, or too quiet."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple

from functions.verification.watched import Watched
from quorum.ports.telemetry import MetricSource

COMPARABLE: Final = 0.5
"""The share of the requests before the onset that makes traffic comparable."""
ENOUGH_SUCCESSES: Final = 5

Points = tuple[tuple[int, float], ...]


class Moments(NamedTuple):
    """When it began, when we acted, and now, in seconds since 1970; how long a window is."""

    onset: float
    effect: float
    now: float
    window: int


class Traffic(NamedTuple):
    """One resource's counts in the newest window, and what they say."""

    verdict: Literal["healthy", "failing", "silent"]
    requests: float
    errors: float
    compared: float
    """Requests in an equally long window before the onset."""


def observe(
    source: MetricSource, watching: tuple[Watched, ...], moments: Moments
) -> tuple[Traffic, ...]:
    """Return how each resource does. Raises SourceUnavailableError."""
    if not watching:
        return ()
    longest = max(_whole(moments.window, one.period) + one.period for one in watching)
    answers = source.fetch(
        [query for one in watching for query in (one.requests, one.errors)],
        datetime.fromtimestamp(moments.onset - longest, UTC),
        datetime.fromtimestamp(moments.now, UTC),
    )
    return tuple(_judge(one, answers, moments) for one in watching)


def _judge(one: Watched, answers: Mapping[str, Points], moments: Moments) -> Traffic:
    served, failed = answers.get(one.requests.id, ()), answers.get(one.errors.id, ())
    period, window = one.period, _whole(moments.window, one.period)
    onset = moments.onset // period * period
    first = -(-moments.effect // period) * period
    ended = [at + period for at, _ in served if at >= first and at + period <= moments.now]
    end = max(ended, default=first)
    start = max(end - window, first)
    requests, errors = _sum(served, start, end), _sum(failed, start, end)
    before = _sum(served, onset - window, onset)
    ratio = _sum(failed, onset - window, onset) / before if before else 0.0
    allowed = max(1.0, requests * max(ratio, 1 - one.objective))
    enough = max(ENOUGH_SUCCESSES, COMPARABLE * before)
    if errors > allowed:
        return Traffic("failing", requests, errors, before)
    whole = before > 0 and end - first >= window and requests - errors >= enough
    return Traffic("healthy" if whole else "silent", requests, errors, before)


def _whole(seconds: int, period: int) -> int:
    """Return the time rounded up to whole periods."""
    return -(-seconds // period) * period


def _sum(points: Points, start: float, end: float) -> float:
    return sum(value for at, value in points if start <= at < end)
