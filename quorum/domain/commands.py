"""Commands: the payloads that the state machine, the console and Slack send to functions.

A command carries ids and a choice, never what the receiver can read itself. The sender builds it
with the same class that the receiver parses it with (`quorum.application.requests.parse_command`).
"""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from quorum.domain.base import ActionId, IncidentId, Record
from quorum.domain.constants import MOST_ROUNDS
from quorum.domain.events import MessageKind, Outcome
from quorum.domain.identity_proofs import Proof

ApprovalId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Reason = Annotated[str, Field(min_length=1, max_length=500)]
Round = Annotated[int, Field(ge=1, le=MOST_ROUNDS)]


class Command(Record):
    """One call of a function."""

    def payload(self) -> dict[str, Any]:
        """Return the command as a dictionary of JSON values."""
        return self.model_dump(mode="json")


class Failure(BaseModel):
    """A tier's failure as Step Functions reports it: `Error` is the error's class name."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    Error: str = ""


class SeatState(BaseModel):
    """The final state of a seat's branch. Only the seat's name and its failed tiers are used."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    seat: str
    skipped: dict[str, Failure] = Field(default_factory=dict)


class FreezeEvidence(Command):
    """Freeze the round's evidence bundle. Sent to `evidence`."""

    incident_id: IncidentId
    round: Round


class CastVote(Command):
    """Vote on the round with one tier's method. Sent to a seat."""

    incident_id: IncidentId
    round: Round
    seat: str
    tier: str
    skipped: dict[str, Failure] = Field(default_factory=dict)
    """The better tiers that failed, by method."""


class CountVotes(Command):
    """Count the round's votes and decide. Sent to `consensus`; votes are not taken from it."""

    incident_id: IncidentId
    round: Round
    seats: tuple[SeatState, ...] = ()

    def why_silent(self, seat: str) -> str:
        """Return the reason why the seat's tiers failed, as far as the state machine reports it."""
        failed = [
            f"{method}: {failure.Error}"
            for state in self.seats
            if state.seat == seat
            for method, failure in state.skipped.items()
        ]
        return "; ".join(failed) or "no answer"


class Execute(Command):
    """Act on the round's decision, undo the action, or release its leases. Sent to `executor`."""

    operation: Literal["act", "undo", "settle"]
    incident_id: IncidentId
    round: Round
    approval_id: str | None = None


ExecuteResult = Literal["acted", "ask", "refused", "undone", "settled"]


class VerifyRecovery(Command):
    """Judge whether the action helped, or the alarm ended by itself. Sent to `verification`."""

    incident_id: IncidentId
    mode: Literal["action", "dismissal"]


VerifyResult = Literal["pending", "recovered", "failed", "partial", "unverified"]


class CloseIncident(Command):
    """Propose how the incident ended; `reason` is a short code. Sent to `closing`."""

    incident_id: IncidentId
    outcome: Outcome
    reason: str = Field(min_length=1, max_length=200)


class Notify(Command):
    """Notify people of a state of the incident. Sent to `communication`."""

    incident_id: IncidentId
    kind: MessageKind
    round: Round = 1


class WritePostMortem(Command):
    """Write the incident's post-mortem. Sent to `postmortem`."""

    incident_id: IncidentId
    execution_arn: str


class OpenApproval(Command):
    """Request approval of the round's action. Sent to `approval`, as the five below."""

    operation: Literal["open"] = "open"
    incident_id: IncidentId
    round: Round


class AwaitApproval(Command):
    """Wait for the answer with this task token."""

    operation: Literal["wait"] = "wait"
    incident_id: IncidentId
    approval_id: ApprovalId
    task_token: str = Field(min_length=1, max_length=2048, repr=False)


class AnswerApproval(Command):
    """Grant or deny, with proof of identity. `action` grants another candidate of the evidence."""

    operation: Literal["answer"] = "answer"
    approval_id: ApprovalId
    answer: Literal["granted", "denied"]
    proof: Proof
    reason: str = Field(default="", max_length=500)
    action: ActionId | None = None


class ExpireApproval(Command):
    """End the wait: the approval's time is over."""

    operation: Literal["expire"] = "expire"
    incident_id: IncidentId
    approval_id: ApprovalId


class TakeOver(Command):
    """Assign the incident to the person whose identity the proof shows."""

    operation: Literal["take_over"] = "take_over"
    incident_id: IncidentId
    proof: Proof
    reason: Reason


class OrderUndo(Command):
    """Sign a person's order to undo the action."""

    operation: Literal["undo"] = "undo"
    incident_id: IncidentId
    proof: Proof
    reason: Reason


ApprovalCommand = (
    OpenApproval | AwaitApproval | AnswerApproval | ExpireApproval | TakeOver | OrderUndo
)
APPROVAL_COMMAND: Final[TypeAdapter[ApprovalCommand]] = TypeAdapter(
    Annotated[ApprovalCommand, Field(discriminator="operation")]
)
