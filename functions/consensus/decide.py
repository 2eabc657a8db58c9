"""The decision of a round: counted once, stored once, recorded once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from functions.consensus.counting import count
from functions.consensus.request import Request
from functions.consensus.situation import Situation
from functions.consensus.timing import overran, timings
from functions.shared.domain.autonomy import Rule
from functions.shared.domain.errors import InvalidInputError
from functions.shared.domain.events import (
    DecisionMade,
    EvidenceFrozen,
    IncidentEvent,
    RoleOverran,
    RoleTimed,
)
from functions.shared.domain.incident import replay
from functions.shared.domain.requests import read
from functions.shared.domain.seats import SEATS, Seat
from functions.shared.domain.votes import Ballot
from functions.shared.ports import BallotBox, Clock, Decided, DecisionBook
from functions.shared.recording import Header, Recorder


class Outcome(NamedTuple):
    """The decision as the log has it, and the roles that took longer than their target."""

    made: DecisionMade
    late: tuple[RoleTimed, ...]


@dataclass(frozen=True, slots=True)
class Consensus:
    """Decides rounds."""

    recorder: Recorder
    ballots: BallotBox
    decisions: DecisionBook
    rules: tuple[Rule, ...]
    now: Clock
    seats: Sequence[Seat] = SEATS

    def decide(self, event: Mapping[str, Any]) -> Outcome:
        """Decide the round, or return its stored decision, whatever ballots have arrived since.

        Raises InvalidInputError (request) and InvalidHistoryError (log).
        """
        request = read(Request, event)
        history = self.recorder.store.load(request.incident_id)
        situation = Situation(
            replay(history), _frozen(history, request), self.rules, tuple(self.seats)
        )
        found = self._found(request)
        decided = self.decisions.decide(
            Decided(
                incident_id=request.incident_id,
                round=request.round,
                decision=count(request, found, situation, self.now()),
            )
        )
        made = self._record(decided)
        late = overran(timings(found, self.seats))
        for timing in late:
            self._warn(request.incident_id, timing)
        return Outcome(made, late)

    def _found(self, request: Request) -> dict[str, Ballot]:
        """Read each seat's own table: what the state says is no vote."""
        ballots = {
            seat.name: self.ballots.find(seat.name, request.incident_id, request.round)
            for seat in self.seats
        }
        return {name: ballot for name, ballot in ballots.items() if ballot is not None}

    def _record(self, decided: Decided) -> DecisionMade:
        made: list[DecisionMade] = []

        def build(header: Header, history: Sequence[IncidentEvent]) -> DecisionMade | None:
            rounds = {fact.round: fact for fact in history if isinstance(fact, DecisionMade)}
            made[:] = [rounds[decided.round]] if decided.round in rounds else []
            return None if made else DecisionMade.model_validate({**header, **decided.decision})

        return self.recorder.record(decided.incident_id, build) or made[0]

    def _warn(self, incident_id: str, timing: RoleTimed) -> None:
        """Append one fact per role."""

        def build(header: Header, history: Sequence[IncidentEvent]) -> RoleOverran | None:
            warned = {fact.timing.role for fact in history if isinstance(fact, RoleOverran)}
            if timing.role in warned:
                return None
            return RoleOverran.model_validate({**header, "timing": timing})

        self.recorder.record(incident_id, build)


def _frozen(history: Sequence[IncidentEvent], request: Request) -> EvidenceFrozen:
    for fact in history:
        if isinstance(fact, EvidenceFrozen) and fact.round == request.round:
            return fact
    raise InvalidInputError(f"round: no evidence is frozen for round {request.round}")
