"""The decision of a round: admit, strike, count; decided once, stored once, recorded once.

The decision carries the votes as their seats signed them, so that nobody has to believe it.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from functions.consensus.admission import Bench
from functions.consensus.counting import count
from functions.consensus.situation import Situation
from functions.consensus.timing import overran, timings
from quorum.application.equivocation import Striking, Suspensions
from quorum.application.recorder import Header, Recorder
from quorum.application.requests import parse_command
from quorum.domain.autonomy import Rule
from quorum.domain.ballot_validation import Question, contradictions
from quorum.domain.commands import CountVotes
from quorum.domain.decisions import Decided
from quorum.domain.errors import InvalidInputError
from quorum.domain.events import (
    BaseEvent,
    DecisionMade,
    EvidenceFrozen,
    IncidentEvent,
    RoleOverran,
    RoleTimed,
)
from quorum.domain.evidence import require_round
from quorum.domain.incident import replay
from quorum.domain.incident_records import Opening, TakenOver
from quorum.domain.restrictions import ControlChanged
from quorum.domain.seats import SEATS, Seat
from quorum.ports.approvals import ApprovalBook
from quorum.ports.clock import Clock
from quorum.ports.log import EvidenceStore, OpeningBook
from quorum.ports.voting import BallotBox, ControlLog, DecisionBook, SeatRecord, Verifier

_READERS: Final = ThreadPoolExecutor(5 + len(SEATS), thread_name_prefix="reader")
"""Kept from one decision to the next."""


class Outcome(NamedTuple):
    """The decision as the log has it, and the roles that took longer than their target."""

    made: DecisionMade
    late: tuple[RoleTimed, ...]


class _Read(NamedTuple):
    """What a decision is made from."""

    history: Sequence[IncidentEvent]
    opening: Opening | None
    taken: TakenOver | None
    out: Mapping[str, str]
    held_back: ControlChanged | None
    found: Mapping[str, SeatRecord]


@dataclass(frozen=True, slots=True)
class Consensus:
    """Decides rounds."""

    recorder: Recorder
    ballots: BallotBox
    decisions: DecisionBook
    evidence: EvidenceStore
    openings: OpeningBook
    approvals: ApprovalBook
    suspensions: Suspensions
    verifier: Verifier
    rules: tuple[Rule, ...]
    switched: ControlLog
    now: Clock
    seats: Sequence[Seat] = SEATS

    def decide(self, event: Mapping[str, Any]) -> Outcome:
        """Decide the round, or return its stored decision, whatever ballots have arrived since.

        Raises InvalidInputError (request), InvalidHistoryError (log), and StoreUnavailableError
        when it cannot be read what people hold back: then nothing is decided.
        """
        request = parse_command(CountVotes, event)
        read_ = self._read(request)
        history, found = read_.history, read_.found
        decision = self._count(request, self._situation(request, read_), found, read_.out)
        decided = Decided(incident_id=request.incident_id, round=request.round, decision=decision)
        made = self._record(self.decisions.decide(decided), history)
        ballots = {name: record.ballot for name, record in found.items() if record.ballot}
        late = overran(timings(ballots, self.seats))
        for timing in late:
            self._warn(request.incident_id, timing)
        return Outcome(made, late)

    def _situation(self, request: CountVotes, found: _Read) -> Situation:
        """Return what the round rests on. The log only says which bundle it is."""
        incident, frozen = replay(found.history), _frozen(found.history, request)
        bundle = require_round(
            self.evidence.get_bundle(frozen.evidence), request.incident_id, request.round
        )
        told = incident.taken_over if found.opening is None else None
        return Situation(
            bundle,
            frozen.evidence,
            found.opening,
            (found.taken or told) is not None,
            self.rules,
            found.held_back.modes if found.held_back else (),
            tuple(self.seats),
        )

    def _read(self, request: CountVotes) -> _Read:
        """Read the log, what people hold back, and each seat's table: the state's word is no vote.

        All at once: none of these tables needs another's answer.
        """
        about = (request.incident_id, request.round)
        history = _READERS.submit(self.recorder.store.load, request.incident_id)
        opening = _READERS.submit(self.openings.find, request.incident_id)
        taken = _READERS.submit(self.approvals.taken_over, request.incident_id)
        out = _READERS.submit(self._striking().suspended)
        held_back = _READERS.submit(self.switched.newest, "modes")
        ballots = {s.name: _READERS.submit(self.ballots.read, s.name, *about) for s in self.seats}
        found = {name: record.result() for name, record in ballots.items()}
        return _Read(
            history.result(),
            opening.result(),
            taken.result(),
            out.result(),
            held_back.result(),
            found,
        )

    def _count(
        self,
        request: CountVotes,
        situation: Situation,
        found: Mapping[str, SeatRecord],
        out: Mapping[str, str],
    ) -> dict[str, Any]:
        """Strike those who contradict themselves, then count the others."""
        at = self.now().timestamp()
        question = Question.of(situation.bundle, situation.evidence, situation.seats, at)
        tables = {name: record.signed_votes for name, record in found.items()}
        proofs = contradictions(tables, question, self.verifier.objection)
        struck = self._striking().record(request.incident_id, request.round, proofs)
        out = {**out, **dict.fromkeys(struck, "it signed two different votes")}
        silent = {seat.name: request.why_silent(seat.name) for seat in situation.seats}
        return count(Bench(question, self.verifier.objection, out).admit(found, silent), situation)

    def _striking(self) -> Striking:
        return Striking(self.recorder, self.suspensions)

    def _record(self, decided: Decided, known: Sequence[IncidentEvent]) -> DecisionMade:
        def build(header: Header, history: Sequence[IncidentEvent]) -> DecisionMade | None:
            if _recorded(history, decided):
                return None
            return DecisionMade.model_validate({**header, **decided.decision})

        event, history = self.recorder.record(decided.incident_id, build, known)
        made = event or _recorded(history, decided)
        assert made is not None  # noqa: S101 - `build` returns None only for a recorded decision
        return made

    def _warn(self, incident_id: str, timing: RoleTimed) -> None:
        """Append one fact per role."""

        def build(header: Header, history: Sequence[IncidentEvent]) -> RoleOverran | None:
            warned = {fact.timing.role for fact in history if isinstance(fact, RoleOverran)}
            if timing.role in warned:
                return None
            return RoleOverran.model_validate({**header, "timing": timing})

        self.recorder.record(incident_id, build)


def _recorded(history: Sequence[IncidentEvent], decided: Decided) -> DecisionMade | None:
    """Return the event that says exactly this, whatever its place in the log is."""
    for event in history:
        if isinstance(event, DecisionMade):
            header = event.model_dump(include=set(BaseEvent.model_fields))
            if DecisionMade.model_validate({**header, **decided.decision}) == event:
                return event
    return None


def _frozen(history: Sequence[IncidentEvent], request: CountVotes) -> EvidenceFrozen:
    for fact in history:
        if isinstance(fact, EvidenceFrozen) and fact.round == request.round:
            return fact
    raise InvalidInputError(f"round: no evidence is frozen for round {request.round}")
