"""Similar incidents of the past: what worked then is likelier to work now."""

from collections import defaultdict
from typing import Final

from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle
from quorum.domain.fingerprint import fingerprint
from quorum.domain.memories import Remembered
from quorum.domain.votes import Opinion
from quorum.seats.seat import Deps

NEIGHBOURS: Final = 20
ALIKE: Final = 0.8
"""Less similar incidents tell nothing."""
ENOUGH: Final = 3
DOUBT: Final = 1.0
"""Pseudo-count of failures: what worked once out of once is no certainty."""


def similar_incidents(bundle: Bundle, deps: Deps) -> Opinion:
    """Return, per verb, how often it ended incidents like this one, shared by its candidates.

    An incident that no action ended counts against every verb. Raises NotApplicableError with
    fewer than three similar incidents.
    """
    found = deps.memory.similar(fingerprint(bundle), NEIGHBOURS) if deps.memory else ()
    alike = [past for past in found if past.similarity >= ALIKE]
    if len(alike) < ENOUGH:
        raise NotApplicableError(f"{len(alike)} similar past incidents, {ENOUGH} needed")
    worked = _worked(alike)
    whole = sum(past.similarity for past in alike) + DOUBT
    shared = {
        c.id: worked[c.verb] / whole / sum(o.verb == c.verb for o in bundle.candidates)
        for c in bundle.candidates
        if worked[c.verb]
    }
    return Opinion(
        probabilities=shared,
        none=max(0.0, 1 - sum(worked.values()) / whole) / 2,
        reason=f"outcomes of {len(alike)} similar past incidents",
    )


def _worked(alike: list[Remembered]) -> defaultdict[str, float]:
    worked: defaultdict[str, float] = defaultdict(float)
    for past in alike:
        if past.verb and past.worked:
            worked[past.verb] += past.similarity
    return worked
