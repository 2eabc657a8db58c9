"""What a person grants: a vote of a kind of its own, which binds everything that was shown."""

import unicodedata
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field, StringConstraints

from quorum.domain.approvals import approval_id
from quorum.domain.base import ActionId, Digest, IncidentId
from quorum.domain.canonical import digest
from quorum.domain.catalogue import verb
from quorum.domain.events import DecisionMade, event_digest
from quorum.domain.evidence import Candidate
from quorum.domain.signed import Statement

APPROVER: Final = "approval"
"""Whose key signs grants: the approval function's."""
PEOPLE_FOR_HIGH_RISK: Final = 2

Person = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class Grant(Statement):
    """One person's approval of one action, after one decision, in one observed state."""

    DOMAIN: ClassVar[bytes] = b"quorum/approval/v1\n"

    v: Literal[1] = 1
    incident: IncidentId
    approval: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    decision: Digest
    """Of the fact DecisionMade, which holds the votes and their signatures."""
    action: ActionId
    parameters: Digest
    observed: Digest
    """Of the state that the evidence saw, and that must still be there."""
    person: Person
    exp: Annotated[int, Field(strict=True, ge=0)]

    def binds(self, decision: DecisionMade, candidate: Candidate) -> bool:
        """Return whether it is about exactly this action after exactly this decision."""
        return self == grant(decision, candidate, self.person, self.exp)


class UndoOrder(Statement):
    """A person wants this incident's action undone, whatever verification says of it."""

    DOMAIN: ClassVar[bytes] = b"quorum/undo/v1\n"

    v: Literal[1] = 1
    incident: IncidentId
    action: ActionId
    person: Person
    exp: Annotated[int, Field(strict=True, ge=0)]
    """Seconds since 1970."""


def grant(decision: DecisionMade, candidate: Candidate, person: str, exp: int) -> Grant:
    """Return what the person grants; `exp` in seconds since 1970."""
    return Grant(
        incident=decision.incident_id,
        approval=approval_id(decision),
        decision=event_digest(decision),
        action=candidate.id,
        parameters=digest(candidate.parameters),
        observed=digest(candidate.observed),
        person=person,
        exp=exp,
    )


def people_needed(candidate: Candidate) -> int:
    """Return how many different people have to grant it."""
    return PEOPLE_FOR_HIGH_RISK if verb(candidate.verb).risk == "high" else 1


def same_person(name: str) -> str:
    """Return what is equal for two spellings of one name.

    However it is composed (NFKC), in whatever case, without blanks and what cannot be seen: format
    characters, among them those of no width, and controls.
    """
    seen = "".join(c for c in _plain(_plain(name)) if unicodedata.category(c)[0] not in "CZ")
    return _plain(seen)


def _plain(text: str) -> str:
    """Return the text composed, and without case."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
