"""Closing of incidents: a caller proposes an outcome, which the stored records have to prove.

Closing is the only writer of how incidents end. Whatever the caller, an outcome without proof is
escalated to a person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypedDict

from functions.closing.proof import EvidenceSources, missing_proof
from quorum.application.recorder import Header, Recorder
from quorum.application.requests import parse_command
from quorum.domain.commands import CloseIncident
from quorum.domain.constants import ESCALATION_LEVEL
from quorum.domain.errors import InvalidHistoryError
from quorum.domain.events import IncidentClosed, IncidentEvent, Outcome
from quorum.domain.evidence import Alarm
from quorum.domain.incident import Incident, replay
from quorum.domain.incident_records import AlarmEnding, Ending, Opening
from quorum.domain.open_keys import own_keys
from quorum.ports.approvals import ApprovalStore
from quorum.ports.clock import Clock
from quorum.ports.execution import Operations
from quorum.ports.log import ClosingStore, OpeningStore

NEEDS_HUMAN: Final = frozenset({"escalated", "undone", "unverified"})


class CloseResult(TypedDict):
    """The incident's outcome."""

    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """Closes incidents, each once."""

    recorder: Recorder
    sources: EvidenceSources
    openings: OpeningStore
    closings: ClosingStore
    approvals: ApprovalStore
    operations: Operations
    now: Clock

    def close(self, event: Mapping[str, Any]) -> CloseResult:
        """Close the incident and release its keys. Idempotent.

        The ending is stored before the log records it, and the keys are released last. An incident
        whose log contradicts itself is closed as escalated. Raises InvalidInputError (request) and
        InvalidHistoryError (no such incident).
        """
        request = parse_command(CloseIncident, event)
        opening = self.openings.find(request.incident_id)
        try:
            incident = replay(self.recorder.store.load(request.incident_id))
        except InvalidHistoryError:
            if opening is None:
                raise
            return self._close_unreadable(opening)
        outcome, reason = self._proven_outcome(incident, request)
        ending = self._store_ending(incident, opening, outcome)
        self._record_closed(ending, reason)
        self._release_keys(_alarms(incident, opening), ending)
        return {"outcome": ending.outcome}

    def _close_unreadable(self, opening: Opening) -> CloseResult:
        """Close an incident as escalated when its log can no longer be read or extended."""
        incident_id, at = opening.incident_id, self.now().timestamp()
        escalated = Ending(incident_id=incident_id, outcome="escalated", ended_at=at)
        ending = self.closings.put(escalated)
        self._release_keys(opening.alarms, ending)
        return {"outcome": ending.outcome}

    def _proven_outcome(self, incident: Incident, request: CloseIncident) -> tuple[Outcome, str]:
        """Return the outcome and its reason.

        An incident whose actions were all undone ends as undone, whatever its last round led to.
        """
        evidence = self.sources.read(incident)
        reverted = request.outcome in {"dismissed", "escalated"} and evidence.all_undone
        outcome: Outcome = "undone" if reverted else request.outcome
        missing = missing_proof(evidence, outcome)
        if missing:
            return "escalated", f"no proof of {outcome}: {missing}"
        taken_over = self.approvals.taken_over(incident.incident_id)
        if request.outcome == "escalated" and taken_over is not None:
            return outcome, f"{taken_over.by} has taken over the incident"
        return outcome, request.reason

    def _store_ending(
        self, incident: Incident, opening: Opening | None, outcome: Outcome
    ) -> Ending:
        """Store the ending unless there is one; return the stored one.

        An incident closed before endings were stored keeps the outcome in its log.
        """
        logged = incident.closed if opening is None else None
        at = logged.occurred_at if logged else self.now()
        return self.closings.put(
            Ending(
                incident_id=incident.incident_id,
                outcome=logged.outcome if logged else outcome,
                ended_at=at.timestamp(),
            )
        )

    def _record_closed(self, ending: Ending, reason: str) -> None:
        """Append IncidentClosed unless the log has it with this outcome."""
        level = ESCALATION_LEVEL if ending.outcome in NEEDS_HUMAN else None
        fields = {"outcome": ending.outcome, "reason": reason, "level": level}

        def build(header: Header, history: Sequence[IncidentEvent]) -> IncidentClosed | None:
            newest = replay(history).closed
            recorded = newest is not None and newest.outcome == ending.outcome
            return None if recorded else IncidentClosed.model_validate({**header, **fields})

        self.recorder.record(ending.incident_id, build)

    def _release_keys(self, alarms: tuple[Alarm, ...], ending: Ending) -> None:
        """Store the ending for every alarm, then release the keys that a new alarm would take."""
        for arn in sorted({alarm.arn for alarm in alarms}):
            self.closings.remember(
                AlarmEnding(alarm=arn, incident_id=ending.incident_id, ended_at=ending.ended_at)
            )
        self.operations.release(ending.incident_id, own_keys(alarms))


def _alarms(incident: Incident, opening: Opening | None) -> tuple[Alarm, ...]:
    """Return the alarms in intake's record, or in the log of an incident older than it."""
    if opening is not None:
        return opening.alarms
    return (incident.opened.alarm, *(joined.alarm for joined in incident.joined))
