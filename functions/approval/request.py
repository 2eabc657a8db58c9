"""The operations, as they arrive. Errors name fields and never show values: some are secrets.

Who answers is nowhere in them: a proof is, and what it proves is looked at by `Identity`.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field, TypeAdapter, ValidationError

from quorum.application.requests import fields
from quorum.domain.base import ActionId, IncidentId, Record
from quorum.domain.errors import InvalidInputError
from quorum.domain.identity_proofs import Proof

ApprovalId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Reason = Annotated[str, Field(min_length=1, max_length=500)]


class Open(Record):
    """Ask people about the round's action."""

    operation: Literal["open"]
    incident_id: IncidentId
    round: int = Field(ge=1)


class Wait(Record):
    """The state machine waits for the answer with this token."""

    operation: Literal["wait"]
    incident_id: IncidentId
    approval_id: ApprovalId
    task_token: str = Field(min_length=1, max_length=2048, repr=False)


class Answer(Record):
    """A person answers."""

    operation: Literal["answer"]
    approval_id: ApprovalId
    answer: Literal["granted", "denied"]
    proof: Proof
    reason: str = Field(default="", max_length=500)
    action: ActionId | None = None
    """What is granted instead of what was asked about: another frozen candidate."""


class Expire(Record):
    """The state machine waited long enough."""

    operation: Literal["expire"]
    incident_id: IncidentId
    approval_id: ApprovalId


class TakeOver(Record):
    """A person takes the incident."""

    operation: Literal["take_over"]
    incident_id: IncidentId
    proof: Proof
    reason: Reason


class Undo(Record):
    """A person wants the action undone."""

    operation: Literal["undo"]
    incident_id: IncidentId
    proof: Proof
    reason: Reason


Request = Open | Wait | Answer | Expire | TakeOver | Undo
REQUEST: Final[TypeAdapter[Request]] = TypeAdapter(
    Annotated[Request, Field(discriminator="operation")]
)


def parse(event: Mapping[str, Any]) -> Request:
    """Return the request. Raises InvalidInputError that names the fields that do not fit."""
    try:
        return REQUEST.validate_python(dict(event))
    except ValidationError as error:
        wrong = fields(error)
    raise InvalidInputError(
        f"request fields {wrong}: see the operations open, wait, answer, expire, take_over, undo"
    )
