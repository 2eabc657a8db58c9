"""The first signs of trouble: new log templates, and the alarmed series leaving its usual range."""

from collections.abc import Sequence
from math import isfinite
from typing import Final, NamedTuple

from functions.diagnosis.new_templates import is_new
from quorum.domain.base import ResourceId
from quorum.domain.evidence import Bundle, LogTemplate, Series
from quorum.seats.signals.distributions import robust

SIGMA: Final = 5.0
RUN: Final = 3
"""Points in a row beyond so many robust deviations that make a departure."""
FLOOR: Final = 0.02
"""Of the median: a deviation that a constant series is granted."""


class Signs(NamedTuple):
    """The time span in which trouble began, and the resources that show it."""

    first: float
    last: float
    fresh: tuple[LogTemplate, ...]
    failing: frozenset[ResourceId]


def signs(bundle: Bundle) -> Signs:
    """Return the earliest signs; without any, the bundle's own onset."""
    fresh = tuple(t for t in bundle.templates if t.level != "info" and is_new(bundle, t))
    seen = [float(t.first_seen) for t in fresh if t.before < t.after or t.before == 0]
    spans = [
        (at, at + s.period_seconds)
        for s in bundle.series
        if s.alarmed and (at := departure(s, bundle.onset)) is not None
    ]
    first = min([*seen, *(begin for begin, _ in spans)], default=float(bundle.onset))
    last = min([*seen, *(end for _, end in spans)], default=float(bundle.onset))
    alarmed = {r for alarm in bundle.alarms for r in alarm.resources}
    return Signs(first, last, fresh, frozenset(alarmed | {t.resource for t in fresh}))


def departure(series: Series, onset: float) -> int | None:
    """Return the start of the first run of points far from what the first half before was."""
    points = [(at, value) for at, value in series.points if isfinite(value)]
    past = [value for at, value in points if at < onset]
    usual = past[: max(RUN, len(past) // 2)]
    if len(usual) < RUN:
        return None
    middle, spread = robust(usual, 0.0)
    spread = max(spread, FLOOR * abs(middle), 1e-9)
    far = [abs(value - middle) > SIGMA * spread for _, value in points]
    place = _run(far)
    return None if place is None else points[place][0]


def _run(far: Sequence[bool]) -> int | None:
    return next((n for n in range(len(far) - RUN + 1) if all(far[n : n + RUN])), None)
