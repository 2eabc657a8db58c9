"""Gaps in the evidence that bear on a candidate, and the confidence that they cost.

A source that the candidate does not need costs nothing, whether it is throttled, failing or absent.
"""

from collections.abc import Iterable
from typing import Final

from quorum.domain.base import ActionId, ResourceId
from quorum.domain.call_graph import caller_distances
from quorum.domain.constants import (
    CONFIDENCE_PENALTIES_BP,
    PARTIAL_DATA_FLOOR_BP,
    PARTIAL_DATA_START_BP,
)
from quorum.domain.evidence import Bundle, Candidate, Source
from quorum.domain.rollback_pins import GOES_BACK

_OWN_PENALTY: Final = frozenset({"logs", "metrics", "traces"})


def bearing_gaps(bundle: Bundle, action: ActionId | None) -> tuple[Source, ...]:
    """Return the gaps that bear on the action; all of them where it is no candidate.

    A gap that names its resources bears on the actions that need one of them, any other gap on all
    actions. A source counts once, with its worst status.
    """
    candidate = next((c for c in bundle.candidates if c.id == action), None)
    needed = None if candidate is None else needed_resources(bundle, candidate)
    worst: dict[str, Source] = {}
    for gap in bundle.gaps():
        if needed is not None and gap.resources and needed.isdisjoint(gap.resources):
            continue
        known = worst.get(gap.name)
        worst[gap.name] = gap if known is None else max(known, gap, key=_penalty)
    return tuple(worst.values())


def needed_resources(bundle: Bundle, candidate: Candidate) -> frozenset[ResourceId]:
    """Return the resources with evidence that the candidate needs: the alarms' and its own.

    A rollback also needs the callers of its resource: their logs may show that the failures come
    from one caller (`poisoning.suspicious_spread`), so without them it is not unsuspicious.
    """
    alarmed = {resource for alarm in bundle.alarms for resource in alarm.resources}
    callers = caller_distances(bundle, candidate.resource) if candidate.verb in GOES_BACK else ()
    return frozenset({*alarmed, candidate.resource, *callers})


def penalty_bp(gaps: Iterable[Source]) -> int:
    """Return the canonical confidence penalty for these gaps, in basis points."""
    return sum(map(_penalty, gaps))


def complete_enough(gaps: Iterable[Source]) -> bool:
    """Return whether the data suffices to act despite these gaps: 0.8 less the penalties >= 0.6."""
    return PARTIAL_DATA_START_BP - penalty_bp(gaps) >= PARTIAL_DATA_FLOOR_BP


def reason_against_autonomy(bundle: Bundle, action: ActionId | None) -> str | None:
    """Return why this evidence does not suffice to take the action without a person, or None."""
    gone = [v.resource for v in bundle.vanished_lately()]
    if gone:
        return f"{', '.join(gone)} existed before and does not exist any more"
    enough = complete_enough(bearing_gaps(bundle, action))
    return None if enough else "too much evidence is missing"


def _penalty(gap: Source) -> int:
    if gap.status == "stale":
        return CONFIDENCE_PENALTIES_BP["stale"]
    return CONFIDENCE_PENALTIES_BP[gap.name if gap.name in _OWN_PENALTY else "other"]
