"""Similar-incidents method: an action that worked in similar incidents is likelier to work now."""

from collections import defaultdict
from typing import Final

from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle
from quorum.domain.fingerprint import fingerprint
from quorum.domain.memories import Remembered
from quorum.domain.votes import Opinion
from quorum.seats.seat import Deps

NEIGHBOURS: Final = 20
MIN_SIMILARITY: Final = 0.8
"""Less similar incidents are ignored."""
MIN_INCIDENTS: Final = 3
DOUBT: Final = 1.0
"""Pseudo-count of failures: one success out of one is not certainty."""


def similar_incidents(bundle: Bundle, deps: Deps) -> Opinion:
    """Return, per verb, its success rate in similar incidents, shared by its candidates.

    An incident that no action ended counts against every verb. Raises NotApplicableError with fewer
    than three similar incidents.
    """
    neighbours = deps.memory.similar(fingerprint(bundle), NEIGHBOURS) if deps.memory else ()
    similar = [past for past in neighbours if past.similarity >= MIN_SIMILARITY]
    if len(similar) < MIN_INCIDENTS:
        raise NotApplicableError(f"{len(similar)} similar past incidents, {MIN_INCIDENTS} needed")
    worked = _similarity_worked(similar)
    total = sum(past.similarity for past in similar) + DOUBT
    probabilities = {
        c.id: worked[c.verb] / total / sum(o.verb == c.verb for o in bundle.candidates)
        for c in bundle.candidates
        if worked[c.verb]
    }
    return Opinion(
        probabilities=probabilities,
        none=max(0.0, 1 - sum(worked.values()) / total) / 2,
        reason=f"outcomes of {len(similar)} similar past incidents",
    )


def _similarity_worked(similar: list[Remembered]) -> defaultdict[str, float]:
    worked: defaultdict[str, float] = defaultdict(float)
    for past in similar:
        if past.verb and past.worked:
            worked[past.verb] += past.similarity
    return worked
