"""Alerts about incidents that are undecided, never started, or whose execution failed."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from functions.watchdog.findings import ENDED, ENDINGS, FAILED, MISSING_AFTER_SECONDS, Ended
from functions.watchdog.watched import ALERT_KEPT, Records, Watched, alert_key
from quorum.application.recorder import Header, Recorder
from quorum.domain.constants import UNDECIDED_AFTER_SECONDS
from quorum.domain.errors import InvalidHistoryError, QuorumError, StoreUnavailableError
from quorum.domain.events import Finding, IncidentEvent, WatchdogAlerted
from quorum.domain.notices import PendingMessage
from quorum.messaging import Outbox
from quorum.ports.clock import Clock
from quorum.ports.workflow import Executions, ExecutionStarter


@dataclass(frozen=True, slots=True)
class Watchdog:
    """Finds stalled incidents, closes the ended ones, and alerts people.

    It sweeps incidents that opened within `longest_run`, the longest that an execution can take.
    `close` closes an incident as escalated, with the finding as its reason.
    """

    recorder: Recorder
    records: Records
    executions: Executions
    starter: ExecutionStarter
    close: Callable[[str, Ended], None]
    outbox: Outbox
    now: Clock
    longest_run: timedelta

    def sweep(self) -> Counter[str]:
        """Check every incident that may still run; return the number of findings of each kind.

        An incident that cannot be checked does not stop the sweep; the first error is raised at the
        end.
        """
        found, errors = Counter[str](), list[QuorumError]()
        for one in self.records.since(self.now() - self.longest_run, errors):
            try:
                found.update(self._check(one))
            except QuorumError as error:
                errors.append(error)
        if errors:
            raise errors[0]
        return found

    def execution_ended(self, incident_id: str) -> list[Finding]:
        """Check an execution that was reported as failed; return the findings.

        Many principals may put events on the bus, so the status is read from Step Functions. An
        execution that it still reports as running is left to the next sweep.
        """
        one, status = self.records.find(incident_id), self.executions.status(incident_id)
        if one is None or status is None or status not in FAILED:
            return []
        return self._failed(one, FAILED[status])

    def _check(self, one: Watched) -> list[Finding]:
        if self.records.closed(one):
            finding = ENDINGS.get(self.records.reason(one))  # its alert may have been lost
            return self._alert(one, finding) if finding else []
        status = self.executions.status(one.incident_id)
        if status is not None and status in ENDED:
            # The execution may have closed the incident, and ended, since that was read
            return [] if self.records.closed(one) else self._failed(one, ENDED[status])
        age, found = self.now().timestamp() - self.records.opened_at(one), list[Finding]()
        if status is None and age >= MISSING_AFTER_SECONDS and self.records.startable(one):
            self.starter.start(one.incident_id)
            self._note(one, "execution_missing")
            found.append("execution_missing")
        if age >= UNDECIDED_AFTER_SECONDS and not self.records.decided(one):
            found += self._alert(one, "undecided")
        return found

    def _failed(self, one: Watched, finding: Ended) -> list[Finding]:
        """Close the incident, and alert people whether or not that worked."""
        try:
            if not self.records.closed(one):
                self.close(one.incident_id, finding)
        finally:
            self._alert(one, finding)
        return [finding]

    def _alert(self, one: Watched, finding: Finding) -> list[Finding]:
        """Alert people once. It is recorded after the message: sent twice rather than never."""
        if self.records.alerted(one, finding):
            return []
        notice = PendingMessage(incident_id=one.incident_id, kind="escalated", about=finding)
        for result in self.outbox.deliver(notice):
            if result.lost:
                raise StoreUnavailableError(f"{one.incident_id}: {finding}: {result.reason}")
        self.records.claims.once(alert_key(one.incident_id, finding), self.now() + ALERT_KEPT)
        self._note(one, finding)
        return [finding]

    def _note(self, one: Watched, finding: Finding) -> None:
        """Add the finding to the log, for people, if the log can still be read."""

        def build(header: Header, history: Sequence[IncidentEvent]) -> WatchdogAlerted | None:
            known = any(isinstance(f, WatchdogAlerted) and f.finding == finding for f in history)
            if known or not history:
                return None
            return WatchdogAlerted.model_validate({**header, "finding": finding})

        with suppress(InvalidHistoryError):
            self.recorder.record(one.incident_id, build)
