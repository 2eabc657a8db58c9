"""The time at which a change took effect, as precisely as the bundle allows."""

from typing import NamedTuple

from quorum.domain.evidence import Bundle, Candidate, Change
from quorum.seats.signals.traffic import points


class Span(NamedTuple):
    """A time range, in epoch seconds."""

    first: float
    last: float

    def grid(self, step: float, most: int = 61) -> tuple[float, ...]:
        """Return at most `most` times that cover the range evenly, about `step` seconds apart."""
        count = min(most - 1, int((self.last - self.first) / step)) if step > 0 else 0
        width = (self.last - self.first) / count if count else 0.0
        return tuple(self.first + width * n for n in range(count + 1))


def change_span(bundle: Bundle, change: Change) -> Span:
    """Return the range of times in which the change took effect.

    The inventory's snapshots may be far apart. Where versions have series, the first request that a
    new version served is at most one period after its deployment.
    """
    span = Span(float(change.not_before), float(change.at))
    if change.kind != "alias" or not isinstance(change.after, str):
        return span
    served = points(bundle, change.resource, "requests", change.after)
    first = min((at for at, count in served.items() if count > 0), default=None)
    others = [s for s in bundle.series if s.resource == change.resource and s.version]
    watched_since = min((s.points[0][0] for s in others if s.points), default=None)
    if first is None or first == watched_since:
        return span
    period = min(s.period_seconds for s in others)
    earliest, latest = first - period, first + period
    if latest < span.first or earliest > span.last:
        return span
    return Span(max(span.first, earliest), min(span.last, latest))


def changes_undone(bundle: Bundle) -> dict[str, tuple[Candidate, Change]]:
    """Return the candidates that undo a known change, by id, each with that change."""
    changes = {change.id: change for change in bundle.changes}
    return {
        candidate.id: (candidate, changes[cite])
        for candidate in bundle.candidates
        for cite in candidate.cites
        if cite in changes
    }
