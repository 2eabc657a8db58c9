"""How failures and waiting are passed on along the calls, and what is left of them as one's own.

In every period a resource's own excess is what its callees' does not explain, and it counts only
as far as it reaches the alarmed resource: no path passes on more than its narrowest resource shows
(the widest path, as for maximum flow: Pollack, 1960).
"""

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from math import inf

from quorum.domain.base import ResourceId
from quorum.domain.evidence import Bundle
from quorum.seats.signals.traffic import Points


def reaching(
    bundle: Bundle, excess: Mapping[ResourceId, Points], asked: Mapping[ResourceId, Points]
) -> dict[ResourceId, Points]:
    """Return, per resource and period, its own excess as far as it reaches the alarmed ones."""
    graph = _Calls(bundle)
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


class _Calls:
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
