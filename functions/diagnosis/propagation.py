"""Propagation of failures and waiting along the calls, and the remainder of each resource's own.

In every period a resource's own excess is the part that its callees' does not explain. It counts
only as far as it reaches the alarmed resource: no path carries more than its narrowest resource
shows (the widest path, as for maximum flow: Pollack, 1960).
"""

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from math import inf

from quorum.domain.base import ResourceId
from quorum.domain.evidence import Bundle
from quorum.seats.signals.traffic import Points


def reaching_excess(
    bundle: Bundle, excess: Mapping[ResourceId, Points], attempts: Mapping[ResourceId, Points]
) -> dict[ResourceId, Points]:
    """Return, per resource and period, its own excess as far as it reaches the alarmed ones."""
    graph = _CallGraph(bundle)
    targets = sorted(set(bundle.alarms[0].resources))
    seen = [excess[t] for t in targets if t in excess] or list(excess.values())
    found: dict[ResourceId, Points] = {resource: {} for resource in sorted(excess)}
    for at in sorted({at for values in seen for at in values}):
        excess_now = {r: max(0.0, values.get(at, 0.0)) for r, values in excess.items()}
        width = graph.widths(targets, excess_now)
        for resource, values in found.items():
            reach = width.get(resource, 0.0)
            own = graph.own(resource, excess_now, attempts, at) if reach > 0 else 0.0
            values[at] = min(own, reach)
    return found


class _CallGraph:
    """The calls, by caller and by callee, in a stable order."""

    def __init__(self, bundle: Bundle) -> None:
        calls = sorted({(e.caller, e.callee) for e in bundle.edges if e.caller != e.callee})
        self.callees: dict[ResourceId, list[ResourceId]] = {}
        self.callers: dict[ResourceId, list[ResourceId]] = {}
        for caller, callee in calls:
            self.callees.setdefault(caller, []).append(callee)
            self.callers.setdefault(callee, []).append(caller)

    def widths(
        self, targets: Sequence[ResourceId], excess_now: Mapping[ResourceId, float]
    ) -> dict[ResourceId, float]:
        """Return the excess that each resource can pass on to a target; inf: unmeasured."""
        found: dict[ResourceId, float] = {}
        heap = [(-excess_now.get(t, inf), t) for t in targets]
        while heap:
            negative, resource = heappop(heap)
            if resource in found or not negative:
                continue
            found[resource] = -negative
            for callee in self.callees.get(resource, ()):
                if callee not in found:
                    heappush(heap, (max(negative, -excess_now.get(callee, inf)), callee))
        return found

    def own(
        self,
        resource: ResourceId,
        excess_now: Mapping[ResourceId, float],
        attempts: Mapping[ResourceId, Points],
        at: int,
    ) -> float:
        """Return the excess not explained by the callees, split by their callers' requests."""
        relayed = 0.0
        for callee in self.callees.get(resource, ()):
            if excess_now.get(callee):
                counts = [attempts[c].get(at, 0.0) for c in self.callers[callee] if c in excess_now]
                relayed += (
                    excess_now[callee] * attempts[resource].get(at, 0.0) / (sum(counts) or 1.0)
                )
        return max(0.0, excess_now[resource] - relayed)
