"""Decision of a round: admit, suspend, count; decided once, stored once, recorded once.

The decision carries the votes as their seats signed them, so that it can be verified.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple, TypedDict

from functions.consensus.admission import AdmissionRules
from functions.consensus.routing import RoundInputs, decision_content
from functions.consensus.timing import past_target, role_timings
from quorum.application.equivocation import EquivocationRecords, Suspensions
from quorum.application.recorder import Header, Recorder
from quorum.application.requests import parse_command
from quorum.domain.approvals import Approval
from quorum.domain.autonomy import Rule
from quorum.domain.ballot_validation import RoundContext, contradictions
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
    Route,
)
from quorum.domain.evidence import Bundle, require_round
from quorum.domain.incident import replay
from quorum.domain.incident_records import Opening, TakenOver
from quorum.domain.restrictions import ControlChanged
from quorum.domain.seats import SEATS, Seat
from quorum.ports.approvals import ApprovalStore
from quorum.ports.clock import Clock
from quorum.ports.log import EvidenceStore, OpeningStore
from quorum.ports.voting import BallotBox, ControlLog, DecisionStore, SeatRecord, Verifier

_READERS: Final = ThreadPoolExecutor(6 + len(SEATS), thread_name_prefix="reader")
"""Reused by later decisions of the same worker."""


class ConsensusAnswer(TypedDict):
    """The route, and whether and when the next round looks again if no person answers."""

    route: Route
    then: Literal["look_again", "end"]
    look_again_seconds: int
    """At least 1, as Step Functions wants it; without meaning if it does not look again."""


class DecisionResult(NamedTuple):
    """The recorded decision, and the roles that took longer than their target."""

    made: DecisionMade
    late: tuple[RoleTimed, ...]

    @property
    def answer(self) -> ConsensusAnswer:
        """Return the function's answer to the state machine."""
        return {
            "route": self.made.route,
            "then": "look_again" if self.made.look_again_seconds else "end",
            "look_again_seconds": max(1, self.made.look_again_seconds),
        }


class _RoundState(NamedTuple):
    """State that a decision is made from."""

    history: Sequence[IncidentEvent]
    opening: Opening | None
    taken_over: TakenOver | None
    excluded: Mapping[str, str]
    modes: ControlChanged | None
    requests: Sequence[Approval]
    seats: Mapping[str, SeatRecord]


@dataclass(frozen=True, slots=True)
class Consensus:
    """Decides rounds."""

    recorder: Recorder
    ballots: BallotBox
    decisions: DecisionStore
    evidence: EvidenceStore
    openings: OpeningStore
    approvals: ApprovalStore
    suspensions: Suspensions
    verifier: Verifier
    rules: tuple[Rule, ...]
    control_log: ControlLog
    now: Clock
    seats: Sequence[Seat] = SEATS

    def decide(self, event: Mapping[str, Any]) -> DecisionResult:
        """Decide the round, or return its stored decision, whatever ballots arrived since.

        Raises InvalidInputError (request), InvalidHistoryError (log), and StoreUnavailableError if
        a table cannot be read, that of people's restrictions included: then nothing is decided.
        """
        request = parse_command(CountVotes, event)
        state = self._read(request)
        history, records = state.history, state.seats
        decision = self._count(request, self._inputs(request, state), records, state.excluded)
        decided = Decided(incident_id=request.incident_id, round=request.round, decision=decision)
        made = self._record(self.decisions.decide(decided), history)
        ballots = {name: record.ballot for name, record in records.items() if record.ballot}
        late = past_target(role_timings(ballots, self.seats))
        for timing in late:
            self._record_overrun(request.incident_id, timing)
        return DecisionResult(made, late)

    def _inputs(self, request: CountVotes, state: _RoundState) -> RoundInputs:
        """Return the inputs of the round. The log only names the bundle."""
        incident, frozen = replay(state.history), _frozen(state.history, request)
        bundle = require_round(
            self.evidence.get_bundle(frozen.evidence), request.incident_id, request.round
        )
        logged = incident.taken_over if state.opening is None else None
        return RoundInputs(
            bundle,
            frozen.evidence,
            state.opening,
            (state.taken_over or logged) is not None,
            self.rules,
            state.modes.modes if state.modes else (),
            tuple(self.seats),
            _is_answered(state.requests, bundle),
        )

    def _read(self, request: CountVotes) -> _RoundState:
        """Read the log, people's restrictions, and each seat's table, all concurrently.

        Ballots come from the seats' tables alone: a vote in the request would not count.
        """
        round_ = (request.incident_id, request.round)
        history = _READERS.submit(self.recorder.store.load, request.incident_id)
        opening = _READERS.submit(self.openings.find, request.incident_id)
        taken_over = _READERS.submit(self.approvals.taken_over, request.incident_id)
        excluded = _READERS.submit(self._striking().suspended)
        modes = _READERS.submit(self.control_log.newest, "modes")
        requests = _READERS.submit(self.approvals.of_incident, request.incident_id)
        ballots = {s.name: _READERS.submit(self.ballots.read, s.name, *round_) for s in self.seats}
        records = {name: record.result() for name, record in ballots.items()}
        return _RoundState(
            history.result(),
            opening.result(),
            taken_over.result(),
            excluded.result(),
            modes.result(),
            requests.result(),
            records,
        )

    def _count(
        self,
        request: CountVotes,
        inputs: RoundInputs,
        records: Mapping[str, SeatRecord],
        excluded: Mapping[str, str],
    ) -> dict[str, Any]:
        """Suspend the seats that contradict themselves, then count the other votes."""
        at = self.now().timestamp()
        question = RoundContext.of(inputs.bundle, inputs.evidence, inputs.seats, at)
        tables = {name: record.signed_votes for name, record in records.items()}
        proofs = contradictions(tables, question, self.verifier.objection)
        contradicting = self._striking().record(request.incident_id, request.round, proofs)
        excluded = {**excluded, **dict.fromkeys(contradicting, "signed two different votes")}
        silent = {seat.name: request.why_silent(seat.name) for seat in inputs.seats}
        return decision_content(
            AdmissionRules(question, self.verifier.objection, excluded).admit(records, silent),
            inputs,
            at,
        )

    def _striking(self) -> EquivocationRecords:
        return EquivocationRecords(self.recorder, self.suspensions)

    def _record(self, decided: Decided, history_read: Sequence[IncidentEvent]) -> DecisionMade:
        def build(header: Header, history: Sequence[IncidentEvent]) -> DecisionMade | None:
            if _recorded(history, decided):
                return None
            return DecisionMade.model_validate({**header, **decided.decision})

        event, history = self.recorder.record(decided.incident_id, build, history_read)
        made = event or _recorded(history, decided)
        assert made is not None  # noqa: S101 - `build` returns None only for a recorded decision
        return made

    def _record_overrun(self, incident_id: str, timing: RoleTimed) -> None:
        """Append RoleOverran once per role."""

        def build(header: Header, history: Sequence[IncidentEvent]) -> RoleOverran | None:
            recorded = {e.timing.role for e in history if isinstance(e, RoleOverran)}
            if timing.role in recorded:
                return None
            return RoleOverran.model_validate({**header, "timing": timing})

        self.recorder.record(incident_id, build)


def _is_answered(requests: Iterable[Approval], bundle: Bundle) -> bool:
    """Return whether a person answered a request since the last action."""
    acted = max((tried.round for tried in bundle.tried), default=0)
    return any(one.state in {"granted", "denied"} and one.round > acted for one in requests)


def _recorded(history: Sequence[IncidentEvent], decided: Decided) -> DecisionMade | None:
    """Return the event with exactly this decision, at whatever version of the log."""
    for event in history:
        if isinstance(event, DecisionMade):
            header = event.model_dump(include=set(BaseEvent.model_fields))
            if DecisionMade.model_validate({**header, **decided.decision}) == event:
                return event
    return None


def _frozen(history: Sequence[IncidentEvent], request: CountVotes) -> EvidenceFrozen:
    for event in history:
        if isinstance(event, EvidenceFrozen) and event.round == request.round:
            return event
    raise InvalidInputError(f"round: no evidence is frozen for round {request.round}")
