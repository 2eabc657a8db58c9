"""Verification of recovery: the alarms that fired, and the traffic behind them.

Silence is not health: without enough successful requests there is no recovery. An alarm that is
late is no failure: the deadlines count from the end of a rollout, and never exceed the cap.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from functions.verification.alarmed_metric import observe_alarmed
from functions.verification.judgement import (
    Elapsed,
    Observation,
    RecoveryDeadline,
    RecoveryFinding,
    judge,
    judge_dismissal,
    window_seconds,
)
from functions.verification.traffic import ObservationTimes, observe
from functions.verification.traffic_metrics import traffic_to_watch
from quorum.application.recorder import Header, Recorder
from quorum.domain.base import ResourceId
from quorum.domain.catalogue import settles_seconds
from quorum.domain.commands import VerifyRecovery, VerifyResult
from quorum.domain.errors import InvalidInputError, SourceUnavailableError
from quorum.domain.events import IncidentEvent, RecoveryChecked
from quorum.domain.evidence import Alarm, Bundle, require_round
from quorum.domain.executions import newest
from quorum.domain.incident import replay
from quorum.domain.incident_records import Verified
from quorum.ports.clock import Clock
from quorum.ports.execution import ExecutionLedger, VerdictStore
from quorum.ports.log import EvidenceStore, OpeningStore
from quorum.ports.telemetry import (
    NO_ROLLOUT,
    AlarmSource,
    MetricSource,
    Rollout,
    RolloutSource,
    TopologySource,
)
from quorum.ports.voting import DecisionStore


class VerificationSubject(NamedTuple):
    """The action or dismissal to verify, its start, its evidence and its alarms."""

    began: float
    """Time of the effect, or of the decision to dismiss, in epoch seconds."""
    action: str
    """Empty for a dismissal."""
    number: int
    """See `Verified.number`."""
    resource: ResourceId | None
    """The resource that the action changed."""
    settles_seconds: int
    """Seconds until the effect has reached every request."""
    bundle: Bundle
    alarms: tuple[Alarm, ...]
    """The alarms that have to recover, including those that joined after the evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Checks once per call; stores and records the final verdict once.

    The verdict is stored where verification alone writes; the event is for people.
    """

    recorder: Recorder
    evidence: EvidenceStore
    decisions: DecisionStore
    ledger: ExecutionLedger
    verdicts: VerdictStore
    openings: OpeningStore
    alarms: AlarmSource
    metrics: MetricSource
    topology: TopologySource
    rollouts: RolloutSource
    deadline: RecoveryDeadline
    now: Clock
    metrics_requested: Callable[[], int] = lambda: 0
    """Returns the number of series requested since its last call."""

    def check(self, request: VerifyRecovery) -> VerifyResult:
        """Return the stored verdict, or judge the current alarms and traffic.

        Raises InvalidInputError when the incident has nothing of that mode to verify.
        """
        incident_id, mode = request.incident_id, request.mode
        subject = self._subject(request)
        stored = self.verdicts.find(incident_id, mode, subject.number)
        if stored is not None:
            return self._record(stored, None)
        self.metrics_requested()  # leaves out what a failed look before this one requested
        finding = self._judge(subject, request)
        if finding.verdict == "pending":
            return "pending"
        verified = Verified(
            incident_id=incident_id,
            mode=mode,
            number=subject.number,
            action=subject.action,
            verdict=finding.verdict,
            verified_at=self.now().timestamp(),
        )
        return self._record(self.verdicts.put(verified), finding)

    def _judge(self, subject: VerificationSubject, request: VerifyRecovery) -> RecoveryFinding:
        now = self.now().timestamp()
        rollout = self._rollout(subject)
        since = max(subject.began, rollout.ended_at or 0.0)
        overdue = now - subject.began >= self.deadline.cap_seconds
        elapsed = Elapsed(
            early=overdue
            or (not rollout.running and now - since >= self.deadline.earliest(subject.alarms)),
            overdue=overdue
            or (not rollout.running and now - since >= self.deadline.seconds(subject.alarms)),
        )
        window = window_seconds(subject.alarms)
        times = ObservationTimes(
            onset=subject.bundle.onset,
            effect=since if subject.action else since - window,
            settled=since + subject.settles_seconds,
            now=now,
            window=window,
        )
        judge_by_mode = judge if request.mode == "action" else judge_dismissal
        return judge_by_mode(self._observe(subject, times), elapsed)._replace(
            seconds=now - subject.began
        )

    def _rollout(self, subject: VerificationSubject) -> Rollout:
        """Return the rollout of the changed resource; unreadable ones do not delay the deadline."""
        if subject.resource is None:
            return NO_ROLLOUT
        try:
            return self.rollouts.rollout(subject.resource)
        except SourceUnavailableError:
            return NO_ROLLOUT

    def _observe(self, subject: VerificationSubject, times: ObservationTimes) -> Observation:
        """Return the alarms' states and traffic, and the error if one could not be read."""
        alarms = subject.alarms
        names = [alarm.name for alarm in alarms]
        states = ("UNKNOWN",) * len(names)
        try:
            found = self.alarms.states(names)
            states = tuple(found[name].state if name in found else "GONE" for name in names)
            traffic_metrics = traffic_to_watch(alarms, subject.bundle, self.topology.service_map())
            traffic = observe(self.metrics, traffic_metrics, times)
            in_alarm = {n for n, state in zip(names, states, strict=True) if state == "ALARM"}
            judged = [a for a in alarms if a.name in in_alarm or not traffic]
            read = observe_alarmed(self.metrics, judged, traffic_metrics, times)
        except SourceUnavailableError as error:
            return Observation(states, gap=str(error))
        return Observation(
            states,
            traffic,
            persisting=bool(read.persisting & in_alarm),
            halved=bool(in_alarm) and read.halved >= in_alarm,
            stale=read.quiet >= in_alarm,
            cleared=bool(names) and read.cleared >= {*names},
        )

    def _record(self, verified: Verified, finding: RecoveryFinding | None) -> VerifyResult:
        """Append RecoveryChecked unless the log has this verdict; return the verdict.

        After a crash between storing and recording, only the verdict itself is known.
        """
        observed = finding._asdict() if finding else _LOST_OBSERVATION
        requested = self.metrics_requested() if finding else 0
        fields = {**observed, "verdict": verified.verdict, "metrics_requested": requested}

        def build(header: Header, history: Sequence[IncidentEvent]) -> RecoveryChecked | None:
            checked = replay(history).checked
            recorded = checked is not None and checked.verdict == verified.verdict
            return None if recorded else RecoveryChecked.model_validate({**header, **fields})

        self.recorder.record(verified.incident_id, build)
        return verified.verdict

    def _subject(self, request: VerifyRecovery) -> VerificationSubject:
        """Return the subject. Raises InvalidInputError if there is none."""
        incident = replay(self.recorder.store.load(request.incident_id))
        decision = incident.decision
        stored = self.decisions.find(request.incident_id, decision.round) if decision else None
        if decision is None or stored is None or stored.decision["evidence"] != decision.evidence:
            raise InvalidInputError("incident_id: no matching decision record found")
        bundle = require_round(
            self.evidence.get_bundle(decision.evidence), request.incident_id, decision.round
        )
        opening = self.openings.find(request.incident_id)
        alarms = opening.alarms if opening else bundle.alarms
        pair = newest(self.ledger.actions(request.incident_id))
        fence = pair.act if pair else None
        if request.mode == "action" and fence is not None and fence.state == "done":
            return VerificationSubject(
                began=fence.ended_at or fence.started_at,
                action=fence.action,
                number=fence.number,
                resource=fence.resource,
                settles_seconds=settles_seconds(fence.action),
                bundle=bundle,
                alarms=alarms,
            )
        if request.mode == "dismissal" and stored.decision["route"] == "dismiss":
            return VerificationSubject(
                began=decision.occurred_at.timestamp(),
                action="",
                number=decision.round,
                resource=None,
                settles_seconds=0,
                bundle=bundle,
                alarms=alarms,
            )
        raise InvalidInputError(f"mode: the incident has no {request.mode} to verify")


_LOST_OBSERVATION: Final[dict[str, object]] = {
    "alarm_state": "UNKNOWN",
    "requests": 0.0,
    "errors": 0.0,
    "compared_requests": 0.0,
    "seconds": 0.0,
    "reason": "verified earlier; the observations were not recorded",
}
