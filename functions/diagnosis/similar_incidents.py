"""Similar-incidents method: an action that worked in similar incidents is likelier to work now."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle, PastCase
from quorum.domain.past_cases import choose_cases
from quorum.domain.votes import Opinion
from quorum.seats.seat import Deps

MIN_INCIDENTS: Final = 2
DOUBT: Final = 1.0
"""Pseudo-count of failures: one success out of one is not certainty."""


def similar_incidents(bundle: Bundle, _: Deps) -> Opinion:
    """Return, per verb, its success rate in similar incidents, shared by its candidates.

    An incident that no action ended counts against every verb, and so does a failed or undone
    action; one whose outcome is not verified counts neither way. Raises NotApplicableError with
    fewer than two similar incidents.
    """
    similar = choose_cases(bundle.past)
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


def _similarity_worked(similar: Iterable[PastCase]) -> defaultdict[str, float]:
    worked: defaultdict[str, float] = defaultdict(float)
    for past in similar:
        if past.verb and past.outcome == "worked":
            worked[past.verb] += past.similarity
    return worked
