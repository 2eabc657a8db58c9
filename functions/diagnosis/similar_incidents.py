"""Similar-incidents method: an action that worked in similar incidents is likelier to work now."""

from collections.abc import Iterable
from typing import Final

from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle, Candidate, PastCase
from quorum.domain.past_cases import choose_cases
from quorum.domain.votes import Opinion
from quorum.seats.seat import Deps

MIN_INCIDENTS: Final = 2
DOUBT: Final = 1.0
"""Pseudo-count of failures: one success out of one is not certainty."""


def similar_incidents(bundle: Bundle, _: Deps) -> Opinion:
    """Return, per candidate, the success rate of its verb on its resource in similar incidents.

    A success on a resource that no candidate of the verb has is shared by all of them: the fault
    may have moved. An incident that no action ended counts against every verb, and so does a failed
    or undone action; one whose outcome is not verified counts neither way. Raises
    NotApplicableError with fewer than two similar incidents.
    """
    similar = choose_cases(bundle.past)
    if len(similar) < MIN_INCIDENTS:
        raise NotApplicableError(f"{len(similar)} similar past incidents, {MIN_INCIDENTS} needed")
    total = sum(past.similarity for past in similar) + DOUBT
    worked = [past for past in similar if past.verb and past.outcome == "worked"]
    shares = {c.id: _support(c, worked, bundle.candidates) / total for c in bundle.candidates}
    successes = sum(past.similarity for past in worked)
    return Opinion(
        probabilities={action: share for action, share in shares.items() if share},
        none=max(0.0, 1 - successes / total) / 2,
        reason=f"outcomes of {len(similar)} similar past incidents",
    )


def _support(one: Candidate, worked: Iterable[PastCase], candidates: Iterable[Candidate]) -> float:
    """Return the likeness of the past successes that speak for the candidate."""
    rivals = [c.resource for c in candidates if c.verb == one.verb]
    return sum(
        past.similarity
        * (past.resource == one.resource if past.resource in rivals else 1)
        / (rivals.count(past.resource) or len(rivals))
        for past in worked
        if past.verb == one.verb
    )
