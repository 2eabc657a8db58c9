"""Traversal of the call graph: callers and callees of a resource, and where its failures show."""

from quorum.domain.base import ResourceId
from quorum.domain.evidence import Bundle, Candidate


def callers(bundle: Bundle, resource: ResourceId) -> tuple[ResourceId, ...]:
    """Return the resource's direct callers, in a stable order."""
    return tuple(sorted({e.caller for e in bundle.edges if e.callee == resource} - {resource}))


def callees(bundle: Bundle, resource: ResourceId) -> tuple[ResourceId, ...]:
    """Return the resource's direct dependencies, in a stable order."""
    return tuple(sorted({e.callee for e in bundle.edges if e.caller == resource} - {resource}))


def caller_distances(bundle: Bundle, resource: ResourceId) -> dict[ResourceId, int]:
    """Return the resource (0) and its direct and indirect callers, with their distance in calls."""
    distances = {resource: 0}
    frontier = [resource]
    while frontier:
        current = frontier.pop(0)
        for caller in callers(bundle, current):
            if caller not in distances:
                distances[caller] = distances[current] + 1
                frontier.append(caller)
    return distances


def witnesses(
    bundle: Bundle, resource: ResourceId, shown: frozenset[ResourceId]
) -> tuple[ResourceId, ...]:
    """Return the resources in `shown` that show its failures: itself, or else its callers."""
    if resource in shown:
        return (resource,)
    return tuple(caller for caller in callers(bundle, resource) if caller in shown)


def addressed_failures(candidate: Candidate) -> str:
    """Return the failures that the candidate's verb can end: `throttles`, `depth` or `errors`."""
    return _ADDRESSED.get(candidate.verb, "errors")


_ADDRESSED = {
    "lambda.raise_reserved_concurrency": "throttles",
    "dynamodb.raise_capacity": "throttles",
    "sqs.redrive": "depth",
}
