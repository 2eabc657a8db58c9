"""Which resource an alarm's excess comes from: what is its own, reaches the alarm, and lasts.

In every period a resource's own excess is what its callees' does not explain, and it counts only
as far as it reaches the alarmed resource: no path passes on more than its narrowest resource shows
(the widest path, as in maximum flow). What counts over a window is what held for a good part of
it. The same statistic, in windows before the onset, tells how often nothing wrong looks like this.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from math import ceil, exp, inf, log
from statistics import fmean
from typing import Final, NamedTuple

from functions.shared.analysis.distributions import robust
from functions.shared.analysis.excess import Quantity, excesses, told
from functions.shared.analysis.traffic import Points
from functions.shared.domain.evidence import Bundle
from functions.shared.domain.model import ResourceId


class Settings(NamedTuple):
    """The few numbers that the ranking has; chosen where there are labels, on a training split."""

    held: float = 0.4
    """Share of the periods since the onset in which a cause's excess must show."""
    chance: float = 0.05
    """A root is named when at most this share of normal windows has one as strong."""
    noticed: float = 0.25
    """Part of the alarmed resource's usual spread below which it would not notice an excess."""
    failure: float = 0.5
    """Failures per period that are added to the usual, as Jeffreys' prior for a rate does."""


CHOSEN: Final = Settings()
WINDOWS: Final = 20
"""Normal windows are at most this part of the normal period long."""
SMALLEST: Final = 1e-9


class Root(NamedTuple):
    """A resource with an excess of its own that explains the alarm."""

    resource: ResourceId
    size: float
    """Failures or seconds per period."""
    strength: float
    """Its size over what is usual for it and noticed by the alarmed resource."""
    chance: float
    """Share of normal windows in which some resource is as strong."""
    probability: float
    cites: tuple[str, ...]
    """Ids of the series it rests on."""


def roots(bundle: Bundle, of: Quantity, settings: Settings = CHOSEN) -> tuple[Root, ...]:
    """Return the convincing roots, best first, ties by name; none when nothing convinces."""
    did = told(bundle)
    excess = excesses(bundle, of, did)
    asked = {r: {step.at: step.attempts for step in each} for r, each in did.items()}
    mine = reaching(bundle, excess, asked)
    rows = sorted({at for values in mine.values() for at in values})
    place = bisect_left(rows, bundle.onset)
    if not 0 < place < len(rows):
        return ()
    columns = {r: [values.get(at, 0.0) for at in rows] for r, values in mine.items()}
    least = _least(bundle, of, excess, settings)
    scales = {r: fmean(values[:place]) + least for r, values in columns.items()}
    sizes = {r: held(values[place:], settings.held) for r, values in columns.items()}
    normal = _normal(
        {r: v[:place] for r, v in columns.items()}, scales, len(rows) - place, settings.held
    )
    strong = {r: (s, s / scales[r]) for r, s in sizes.items() if s > 0}
    return _ranked(bundle, strong, normal, settings.chance)


def held(values: Sequence[float], share: float) -> float:
    """Return the geometric mean of the highest values, as many as must show; 0 if one is not up."""
    count = max(1, ceil(share * len(values) - SMALLEST))
    up = [value for value in values if value > 0]
    if len(up) < count:
        return 0.0
    return exp(sum(map(log, sorted(up, reverse=True)[:count])) / count)


def reaching(
    bundle: Bundle, excess: Mapping[ResourceId, Points], asked: Mapping[ResourceId, Points]
) -> dict[ResourceId, Points]:
    """Return, per resource and period, its own excess as far as it reaches the alarmed ones."""
    graph = _Graph(bundle)
    targets = sorted(set(bundle.alarms[0].resources))
    seen = [excess[t] for t in targets if t in excess] or list(excess.values())
    found: dict[ResourceId, Points] = {resource: {} for resource in sorted(excess)}
    for at in sorted({at for values in seen for at in values}):
        here = {r: max(0.0, values.get(at, 0.0)) for r, values in excess.items()}
        width = graph.widths(targets, here)
        for resource, values in found.items():
            reach = width.get(resource, 0.0)
            own = graph.own(resource, here, asked, at) if reach > 0 else 0.0
            values[at] = min(own, reach)
    return found


class _Graph:
    """The calls, by caller and by callee, in a stable order."""

    def __init__(self, bundle: Bundle) -> None:
        calls = sorted({(e.caller, e.callee) for e in bundle.edges if e.caller != e.callee})
        self.callees: dict[ResourceId, list[ResourceId]] = {}
        self.callers: dict[ResourceId, list[ResourceId]] = {}
        for caller, callee in calls:
            self.callees.setdefault(caller, []).append(callee)
            self.callers.setdefault(callee, []).append(caller)

    def widths(
        self, targets: Sequence[ResourceId], here: Mapping[ResourceId, float]
    ) -> dict[ResourceId, float]:
        """Return how much of its excess each resource can pass on to a target; inf: unmeasured."""
        found: dict[ResourceId, float] = {}
        heap = [(-here.get(t, inf), t) for t in targets]
        while heap:
            negative, resource = heappop(heap)
            if resource in found or not negative:
                continue
            found[resource] = -negative
            for callee in self.callees.get(resource, ()):
                if callee not in found:
                    heappush(heap, (max(negative, -here.get(callee, inf)), callee))
        return found

    def own(
        self,
        resource: ResourceId,
        here: Mapping[ResourceId, float],
        asked: Mapping[ResourceId, Points],
        at: int,
    ) -> float:
        """Return what the callees do not explain; each passes on by its callers' requests."""
        relayed = 0.0
        for callee in self.callees.get(resource, ()):
            if here.get(callee):
                counts = [asked[c].get(at, 0.0) for c in self.callers[callee] if c in here]
                relayed += here[callee] * asked[resource].get(at, 0.0) / (sum(counts) or 1.0)
        return max(0.0, here[resource] - relayed)


def _least(
    bundle: Bundle, of: Quantity, excess: Mapping[ResourceId, Points], settings: Settings
) -> float:
    """Return the amount per period that the alarmed resource would hardly notice."""
    known = [excess[t] for t in bundle.alarms[0].resources if t in excess] or [{}]
    past = [value for at, value in known[0].items() if at < bundle.onset]
    spread = robust(past, 0.0)[1]
    return max(settings.noticed * spread, settings.failure if of == "failures" else SMALLEST)


def _normal(
    columns: Mapping[ResourceId, Sequence[float]],
    scales: Mapping[ResourceId, float],
    length: int,
    share: float,
) -> list[float]:
    """Return the strongest root of every normal window, in ascending order."""
    before = max(map(len, columns.values()), default=0)
    shown = {r: values for r, values in columns.items() if any(values)}
    width = max(1, min(length, before // WINDOWS))
    return sorted(
        max(
            (held(values[i : i + width], share) / scales[r] for r, values in shown.items()),
            default=0.0,
        )
        for i in range(before - width + 1)
    )


def _ranked(
    bundle: Bundle,
    found: Mapping[ResourceId, tuple[float, float]],
    normal: Sequence[float],
    chance: float,
) -> tuple[Root, ...]:
    as_strong = {r: len(normal) - bisect_left(normal, s) for r, (_, s) in found.items()}
    chances = {r: (1 + count) / (1 + len(normal)) for r, count in as_strong.items()}
    named = [r for r in found if chances[r] <= chance]
    whole = sum(found[r][1] for r in named)
    return tuple(
        Root(
            r,
            found[r][0],
            found[r][1],
            chances[r],
            (1 - chances[r]) * found[r][1] / whole,
            tuple(sorted(s.id for s in bundle.series if s.resource == r)),
        )
        for r in sorted(named, key=lambda r: (-found[r][1], r))
    )
