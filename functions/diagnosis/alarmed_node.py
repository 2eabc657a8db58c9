"""Without a usable graph or rates: what bears directly on the alarmed resources."""

from typing import Final

from quorum.domain.call_graph import callees
from quorum.domain.evidence import Bundle
from quorum.domain.votes import Opinion
from quorum.seats.seat import Deps

AT_THE_NODE: Final = 0.25
"""How often the cause lies at the very resource that alarmed: most are passed on from below."""


def alarmed_node(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return the candidates on the first alarm's resources, or on what those call, in shares."""
    alarmed = set(bundle.alarms[0].resources)
    near = {c for r in alarmed for c in callees(bundle, r)} - alarmed
    at_it = [c.id for c in bundle.candidates if c.resource in alarmed]
    below = [c.id for c in bundle.candidates if c.resource in near]
    found = {i: AT_THE_NODE / len(at_it) for i in at_it}
    found |= {i: AT_THE_NODE / 2 / len(below) for i in below}
    return Opinion(
        probabilities=found,
        none=1 - AT_THE_NODE if not found else 0.0,
        reason="candidates on the alarmed resource and on its direct dependencies",
        cites=tuple(s.id for s in bundle.series if s.alarmed),
    )
