"""Grants: signed statements of a person's approval, which bind everything that was shown."""

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
"""The signer of grants: the approval function's key."""
PEOPLE_FOR_HIGH_RISK: Final = 2

Person = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class Grant(Statement):
    """One person's approval of one action, after one decision, in one observed state."""

    DOMAIN: ClassVar[bytes] = b"quorum/approval/v1\n"

    v: Literal[1] = 1
    incident: IncidentId
    approval: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    decision: Digest
    """The digest of the event DecisionMade, which holds the votes and their signatures."""
    action: ActionId
    parameters: Digest
    observed: Digest
    """The digest of the state in the evidence, which must still hold."""
    person: Person
    exp: Annotated[int, Field(strict=True, ge=0)]

    def binds(self, decision: DecisionMade, candidate: Candidate) -> bool:
        """Return whether the grant is for exactly this action after exactly this decision."""
        return self == grant(decision, candidate, self.person, self.exp)


class UndoOrder(Statement):
    """A person's order to undo the incident's action, regardless of the verification result."""

    DOMAIN: ClassVar[bytes] = b"quorum/undo/v1\n"

    v: Literal[1] = 1
    incident: IncidentId
    action: ActionId
    person: Person
    exp: Annotated[int, Field(strict=True, ge=0)]
    """Seconds since 1970."""


def grant(decision: DecisionMade, candidate: Candidate, person: str, exp: int) -> Grant:
    """Return the person's grant of the candidate; `exp` in seconds since 1970."""
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
    """Return the number of different people who have to grant it."""
    return PEOPLE_FOR_HIGH_RISK if verb(candidate.verb).risk == "high" else 1


def normalised_name(name: str) -> str:
    """Return a form of the name that is equal for all spellings of it.

    It is composed (NFKC) and case-folded, without spaces, control characters and invisible format
    characters.
    """
    seen = "".join(c for c in _plain(_plain(name)) if unicodedata.category(c)[0] not in "CZ")
    return _plain(seen)


def _plain(text: str) -> str:
    """Return the text composed (NFKC) and case-folded."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
