"""What the state machine sends: ids, and why seats abstained. Votes are not taken from it."""

from pydantic import BaseModel, ConfigDict, Field

from quorum.domain.base import IncidentId, Record


class Failure(BaseModel):
    """How Step Functions reports a tier that failed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    Error: str = ""


class SeatState(BaseModel):
    """A seat's branch at its end; of an answer only the seat's name is used."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    seat: str
    skipped: dict[str, Failure] = Field(default_factory=dict)


class Request(Record):
    """One round of an incident."""

    incident_id: IncidentId
    round: int = Field(ge=1)
    seats: tuple[SeatState, ...] = ()

    def why_silent(self, seat: str) -> str:
        """Return why the seat's tiers failed, as far as the state machine tells."""
        failed = [
            f"{method}: {failure.Error}"
            for state in self.seats
            if state.seat == seat
            for method, failure in state.skipped.items()
        ]
        return "; ".join(failed) or "no answer"
