"""Did it help? Read from the very alarms that fired, and from the traffic that they stand for.

Silence is no health: without enough successful requests nothing is called recovered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from functions.shared.domain.errors import InvalidInputError, SourceUnavailableError
from functions.shared.domain.events import Fact, IncidentEvent, RecoveryChecked
from functions.shared.domain.evidence import Alarm
from functions.shared.domain.incident import Incident, replay
from functions.shared.ports import AlarmSource, Clock, EvidenceStore, MetricSource, TopologySource
from functions.shared.recording import Header, Recorder
from functions.verification.judgement import Finding, judge, judge_dismissal
from functions.verification.patience import Patience, window_seconds
from functions.verification.request import Request, Verdict
from functions.verification.traffic import Moments, Traffic, observe
from functions.verification.watched import watched


class Since(NamedTuple):
    """The fact that recovery is counted from, and the alarms that have to recover."""

    fact: Fact
    alarms: tuple[Alarm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Looks once, each time it is asked; records what it found at the end, once."""

    recorder: Recorder
    evidence: EvidenceStore
    alarms: AlarmSource
    metrics: MetricSource
    topology: TopologySource
    patience: Patience
    now: Clock

    def check(self, request: Request) -> Verdict:
        """Return the verdict: the recorded one, or what the alarms and the traffic say now.

        Raises InvalidInputError when there is nothing of that mode to verify.
        """
        incident = replay(self.recorder.store.load(request.incident_id))
        since = _since(incident, request)
        checked = incident.checked
        if checked is not None and checked.version > since.fact.version:
            return checked.verdict
        finding = self._look(incident, since, request)
        if finding.verdict == "pending":
            return "pending"
        return self._record(since, finding)

    def _look(self, incident: Incident, since: Since, request: Request) -> Finding:
        effect, now = since.fact.occurred_at.timestamp(), self.now().timestamp()
        late = now - effect >= self.patience.deadline_seconds(since.alarms)
        states, traffic, gap = self._observe(incident, since, now)
        decide = judge if request.mode == "action" else judge_dismissal
        return decide(states, traffic, gap=gap, late=late)._replace(seconds=now - effect)

    def _observe(
        self, incident: Incident, since: Since, now: float
    ) -> tuple[list[str], tuple[Traffic, ...], str | None]:
        """Return the alarms' states, the traffic, and why one of these could not be read."""
        frozen = incident.evidence
        if frozen is None:
            raise InvalidInputError("incident_id: no evidence is frozen")
        bundle = self.evidence.get_bundle(frozen.key, frozen.evidence)
        names = [alarm.name for alarm in since.alarms]
        states = ["UNKNOWN"] * len(names)
        try:
            found = self.alarms.states(names)
            states = [found[name].state if name in found else "GONE" for name in names]
            watching = watched(since.alarms, bundle, self.topology.service_map())
            effect = since.fact.occurred_at.timestamp()
            moments = Moments(bundle.onset, effect, now, window_seconds(since.alarms))
            return states, observe(self.metrics, watching, moments), None
        except SourceUnavailableError as error:
            return states, (), str(error)

    def _record(self, since: Since, finding: Finding) -> Verdict:
        facts: list[RecoveryChecked] = []

        def build(header: Header, history: Sequence[IncidentEvent]) -> RecoveryChecked | None:
            later = history[since.fact.version :]
            facts[:] = [fact for fact in later if isinstance(fact, RecoveryChecked)]
            if facts:
                return None
            return RecoveryChecked.model_validate({**header, **finding._asdict()})

        new = self.recorder.record(since.fact.incident_id, build)
        return (new or facts[0]).verdict


def _since(incident: Incident, request: Request) -> Since:
    alarms = (incident.opened.alarm, *(joined.alarm for joined in incident.joined))
    decision, taken = incident.decision, incident.taken
    if request.mode == "action" and taken is not None:
        return Since(taken, alarms)
    if request.mode == "dismissal" and decision is not None and decision.route == "dismiss":
        return Since(decision, alarms)
    raise InvalidInputError(f"mode: the incident has no {request.mode} to verify")
