"""No incident is forgotten: whatever is undecided, never started or dead is told to a person."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, cast

from functions.shared.delivery import Outbox
from functions.shared.domain.constants import UNDECIDED_AFTER_SECONDS
from functions.shared.domain.errors import QuorumError, StoreUnavailableError
from functions.shared.domain.events import IncidentEvent, WatchdogBarked
from functions.shared.domain.incident import Incident, replay
from functions.shared.ending import close
from functions.shared.ports import Clock, Executions, ExecutionStarter, Operations
from functions.shared.recording import Header, Recorder
from functions.watchdog.findings import (
    ENDED,
    ENDINGS,
    MISSING_AFTER_SECONDS,
    Ended,
    Finding,
    age_seconds,
    message,
)

SWEPT: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Watchdog:
    """Looks after incidents that nobody else does."""

    recorder: Recorder
    operations: Operations
    executions: Executions
    starter: ExecutionStarter
    outbox: Outbox
    now: Clock

    def sweep(self) -> Counter[str]:
        """Look at every incident of the last day; return what was found, counted.

        One that cannot be looked at keeps nobody from the others; its error is raised at the end.
        """
        found, errors = Counter[str](), list[QuorumError]()
        for opened in self.recorder.store.opened_since(self.now() - SWEPT):
            try:
                found.update(self._look(opened.incident_id))
            except QuorumError as error:
                errors.append(error)
        if errors:
            raise errors[0]
        return found

    def execution_ended(self, incident_id: str, finding: Ended) -> bool:
        """Close the incident as escalated and tell a person; return whether there is one.

        Raises StoreUnavailableError when the message was neither sent nor kept.
        """
        history = self.recorder.store.load(incident_id)
        if not history:
            return False
        if not replay(history).is_closed:
            close(self.recorder, self.operations, incident_id, "escalated", finding)
        self._bark(incident_id, finding)
        return True

    def _look(self, incident_id: str) -> list[Finding]:
        incident = self._incident(incident_id)
        if incident.closed is not None:
            reason = incident.closed.reason  # perhaps ours, and its message was lost
            return self._bark(incident_id, cast("Ended", reason)) if reason in ENDINGS else []
        status, age = self.executions.status(incident_id), age_seconds(incident, self.now())
        if status is not None and status in ENDED:
            return self._dead(incident_id, ENDED[status])
        found: list[Finding] = []
        if status is None and age >= MISSING_AFTER_SECONDS:
            self.starter.start(incident_id)
            self._note(incident_id, "execution_missing")
            found.append("execution_missing")
        if incident.decision is None and age >= UNDECIDED_AFTER_SECONDS:
            found += self._bark(incident_id, "undecided")
        return found

    def _dead(self, incident_id: str, finding: Ended) -> list[Finding]:
        """The execution may have closed the incident, and ended, after the log was read."""
        if self._incident(incident_id).is_closed:
            return []
        self.execution_ended(incident_id, finding)
        return [finding]

    def _bark(self, incident_id: str, finding: Finding) -> list[Finding]:
        """Tell a person once. The fact comes after the message: told twice rather than never."""
        history = self.recorder.store.load(incident_id)
        if barked(history, finding):
            return []
        for told in self.outbox.deliver(message(replay(history), finding)):
            if told.lost:
                raise StoreUnavailableError(f"{incident_id}: {finding}: {told.reason}")
        self._note(incident_id, finding)
        return [finding]

    def _note(self, incident_id: str, finding: Finding) -> None:
        def build(header: Header, history: Sequence[IncidentEvent]) -> WatchdogBarked | None:
            if barked(history, finding):
                return None
            return WatchdogBarked.model_validate({**header, "finding": finding})

        self.recorder.record(incident_id, build)

    def _incident(self, incident_id: str) -> Incident:
        return replay(self.recorder.store.load(incident_id))


def barked(history: Sequence[IncidentEvent], finding: Finding) -> bool:
    """Return whether this finding is in the log."""
    return any(isinstance(fact, WatchdogBarked) and fact.finding == finding for fact in history)
