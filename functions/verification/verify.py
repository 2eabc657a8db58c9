"""Did it help? Read from the very alarms that fired, and from the traffic that they stand for.

Silence is no health: without enough successful requests nothing is called recovered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from functions.verification.deadlines import Patience, window_seconds
from functions.verification.judgement import Finding, judge, judge_dismissal
from functions.verification.traffic import Moments, Traffic, observe
from functions.verification.watched import watched
from quorum.application.recorder import Header, Recorder
from quorum.domain.commands import VerifyRecovery, VerifyResult
from quorum.domain.errors import InvalidInputError, SourceUnavailableError
from quorum.domain.events import IncidentEvent, RecoveryChecked
from quorum.domain.evidence import Alarm, Bundle, require_round
from quorum.domain.incident import replay
from quorum.domain.incident_records import Verified
from quorum.ports.clock import Clock
from quorum.ports.execution import ExecutionLedger, VerdictBook
from quorum.ports.log import EvidenceStore, OpeningBook
from quorum.ports.telemetry import AlarmSource, MetricSource, TopologySource
from quorum.ports.voting import DecisionBook


class Since(NamedTuple):
    """When recovery is counted from, what it judges, and the evidence with its alarms."""

    at: float
    """In seconds since 1970."""
    action: str
    """Empty for a dismissal."""
    bundle: Bundle
    alarms: tuple[Alarm, ...]
    """Those that have to recover, those that joined after the evidence among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Looks once, each time it is asked; records what it found at the end, once.

    Its verdict is kept in a book that it alone writes: the log's fact is for people.
    """

    recorder: Recorder
    evidence: EvidenceStore
    decisions: DecisionBook
    ledger: ExecutionLedger
    verdicts: VerdictBook
    openings: OpeningBook
    alarms: AlarmSource
    metrics: MetricSource
    topology: TopologySource
    patience: Patience
    now: Clock

    def check(self, request: VerifyRecovery) -> VerifyResult:
        """Return the verdict: the recorded one, or what the alarms and the traffic say now.

        Raises InvalidInputError when there is nothing of that mode to verify.
        """
        incident_id, mode = request.incident_id, request.mode
        known = self.verdicts.find(incident_id, mode)
        if known is not None:
            return self._tell(known, None)
        since = self._since(request)
        finding = self._look(since, request)
        if finding.verdict == "pending":
            return "pending"
        found = Verified(
            incident_id=incident_id,
            mode=mode,
            action=since.action,
            verdict=finding.verdict,
            verified_at=self.now().timestamp(),
        )
        return self._tell(self.verdicts.put(found), finding)

    def _look(self, since: Since, request: VerifyRecovery) -> Finding:
        now = self.now().timestamp()
        late = now - since.at >= self.patience.deadline_seconds(since.alarms)
        states, traffic, gap = self._observe(since, now)
        decide = judge if request.mode == "action" else judge_dismissal
        return decide(states, traffic, gap=gap, late=late)._replace(seconds=now - since.at)

    def _observe(
        self, since: Since, now: float
    ) -> tuple[list[str], tuple[Traffic, ...], str | None]:
        """Return the alarms' states, the traffic, and why one of these could not be read."""
        alarms = since.alarms
        names = [alarm.name for alarm in alarms]
        states = ["UNKNOWN"] * len(names)
        try:
            found = self.alarms.states(names)
            states = [found[name].state if name in found else "GONE" for name in names]
            watching = watched(alarms, since.bundle, self.topology.service_map())
            moments = Moments(since.bundle.onset, since.at, now, window_seconds(alarms))
            return states, observe(self.metrics, watching, moments), None
        except SourceUnavailableError as error:
            return states, (), str(error)

    def _tell(self, verified: Verified, finding: Finding | None) -> VerifyResult:
        """Append RecoveryChecked unless the log tells this verdict, and return it.

        Of a verdict that was kept before its fact was written only itself is known by now.
        """
        seen = finding._asdict() if finding else _UNSEEN
        said = {**seen, "verdict": verified.verdict}

        def build(header: Header, history: Sequence[IncidentEvent]) -> RecoveryChecked | None:
            newest = replay(history).checked
            told = newest is not None and newest.verdict == verified.verdict
            return None if told else RecoveryChecked.model_validate({**header, **said})

        self.recorder.record(verified.incident_id, build)
        return verified.verdict

    def _since(self, request: VerifyRecovery) -> Since:
        """Return what is verified. Raises InvalidInputError when there is no such thing."""
        decision = replay(self.recorder.store.load(request.incident_id)).decision
        book = self.decisions.find(request.incident_id, decision.round) if decision else None
        if decision is None or book is None or book.decision["evidence"] != decision.evidence:
            raise InvalidInputError("incident_id: no decision is in the book that the log tells of")
        bundle = require_round(
            self.evidence.get_bundle(decision.evidence), request.incident_id, decision.round
        )
        opening = self.openings.find(request.incident_id)
        alarms = opening.alarms if opening else bundle.alarms
        fence = self.ledger.find(request.incident_id, "act")
        if request.mode == "action" and fence is not None and fence.state == "done":
            return Since(fence.ended_at or fence.started_at, fence.action, bundle, alarms)
        if request.mode == "dismissal" and book.decision["route"] == "dismiss":
            return Since(decision.occurred_at.timestamp(), "", bundle, alarms)
        raise InvalidInputError(f"mode: the incident has no {request.mode} to verify")


_UNSEEN: Final[dict[str, object]] = {
    "alarm_state": "UNKNOWN",
    "requests": 0.0,
    "errors": 0.0,
    "compared_requests": 0.0,
    "seconds": 0.0,
    "reason": "it was verified, and what was seen then was lost",
}
