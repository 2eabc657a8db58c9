"""Undeclared dependencies: whether a resource without a known callee is itself at fault.

Without a service map the graph is the alarmed resource alone, and its failures may still come from
a dependency that nothing declares. A fault of its own began with the change that is to be undone; a
dependency's begins at any time, mostly after the changed resource has served requests well.
"""

from typing import Final

from quorum.domain.base import ResourceId
from quorum.domain.call_graph import addressed_failures
from quorum.domain.evidence import Bundle, Candidate
from quorum.seats.signals.change_windows import change_span
from quorum.seats.signals.traffic import Step, before_and_after, period_of, steps, versions

AT_THE_NODE: Final = 0.25
"""Probability that the cause is at the alarmed resource: most faults lie below it."""
AT_ONCE: Final = 0.9
"""Share of bad changes that show as soon as traffic meets them."""
COINCIDENCE: Final = 0.08
"""Share of other faults that begin before the changed resource has served requests well."""
_GRAPH: Final = frozenset({"topology", "traces"})


def stands_alone(bundle: Bundle, shown: frozenset[ResourceId]) -> bool:
    """Return whether the graph is the alarmed resource alone, and no source of it failed."""
    failed = any(source.name in _GRAPH for source in bundle.gaps())
    return not bundle.edges and not failed and shown == frozenset(bundle.alarms[0].resources)


def probability_of_own_fault(bundle: Bundle, candidate: Candidate) -> float:
    """Return the probability that no undeclared dependency causes what the candidate addresses.

    A dependency throttles no one but itself. For a candidate that undoes no change it is the prior.
    """
    if addressed_failures(candidate) == "throttles":
        return 1.0
    spans = [change_span(bundle, c) for c in bundle.changes if c.id in candidate.cites]
    if not spans:
        return AT_THE_NODE
    failing = before_and_after(bundle, candidate.resource)[1].ratio
    served = _served_well(bundle, candidate, max(span.last for span in spans))
    at_once = float((1 - min(1.0, failing)) ** served)
    own = AT_THE_NODE * (AT_ONCE * at_once + (1 - AT_ONCE) * (1 - at_once))
    other = (1 - AT_THE_NODE) * (COINCIDENCE * at_once + (1 - COINCIDENCE) * (1 - at_once))
    return own / (own + other)


def _served_well(bundle: Bundle, candidate: Candidate, since: float) -> float:
    """Return the requests that succeeded under the new setting before the onset.

    Clocks and periods blur the time of the change by one period.
    """
    new = candidate.parameters.get("from_version")
    if isinstance(new, str) and new in versions(bundle, candidate.resource):
        met, start = steps(bundle, candidate.resource, new), 0.0
    else:
        met = steps(bundle, candidate.resource)
        start = since + period_of(step.at for step in met)
    return sum(_good(step) for step in met if start <= step.at < bundle.onset)


def _good(step: Step) -> float:
    return max(0.0, step.attempts - step.failures)
