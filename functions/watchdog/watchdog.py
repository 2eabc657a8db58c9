"""No incident is forgotten: whatever is undecided, never started or dead is told to a person."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from functions.watchdog.findings import DIED, ENDED, ENDINGS, MISSING_AFTER_SECONDS, Ended
from functions.watchdog.watched import BARK_KEPT, Records, Watched, bark_key
from quorum.application.recorder import Header, Recorder
from quorum.domain.constants import UNDECIDED_AFTER_SECONDS
from quorum.domain.errors import InvalidHistoryError, QuorumError, StoreUnavailableError
from quorum.domain.events import Finding, IncidentEvent, WatchdogAlerted
from quorum.domain.notices import Notice
from quorum.messaging import Outbox
from quorum.ports.clock import Clock
from quorum.ports.workflow import Executions, ExecutionStarter

SWEPT: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Watchdog:
    """Looks after incidents that nobody else does.

    `close` has the closing function end an incident as escalated, for this reason.
    """

    recorder: Recorder
    records: Records
    executions: Executions
    starter: ExecutionStarter
    close: Callable[[str, Ended], None]
    outbox: Outbox
    now: Clock

    def sweep(self) -> Counter[str]:
        """Look at every incident of the last day; return what was found, counted.

        One that cannot be looked at keeps nobody from the others; its error is raised at the end.
        """
        found, errors = Counter[str](), list[QuorumError]()
        for one in self.records.since(self.now() - SWEPT, errors):
            try:
                found.update(self._look(one))
            except QuorumError as error:
                errors.append(error)
        if errors:
            raise errors[0]
        return found

    def execution_ended(self, incident_id: str) -> list[Finding]:
        """Look at an execution that is said to have died; return what was found.

        Whoever may put events on the bus may say so: it is asked itself. One that is still
        reported as running is found by the next sweep.
        """
        one, status = self.records.find(incident_id), self.executions.status(incident_id)
        if one is None or status is None or status not in DIED:
            return []
        return self._dead(one, DIED[status])

    def _look(self, one: Watched) -> list[Finding]:
        if self.records.closed(one):
            finding = ENDINGS.get(self.records.reason(one))  # perhaps its message was lost
            return self._bark(one, finding) if finding else []
        status = self.executions.status(one.incident_id)
        if status is not None and status in ENDED:
            # The execution may have closed the incident, and ended, after that was read
            return [] if self.records.closed(one) else self._dead(one, ENDED[status])
        age, found = self.now().timestamp() - self.records.opened_at(one), list[Finding]()
        if status is None and age >= MISSING_AFTER_SECONDS and self.records.startable(one):
            self.starter.start(one.incident_id)
            self._note(one, "execution_missing")
            found.append("execution_missing")
        if age >= UNDECIDED_AFTER_SECONDS and not self.records.decided(one):
            found += self._bark(one, "undecided")
        return found

    def _dead(self, one: Watched, finding: Ended) -> list[Finding]:
        """Have it closed, and tell a person whether or not that worked."""
        try:
            if not self.records.closed(one):
                self.close(one.incident_id, finding)
        finally:
            self._bark(one, finding)
        return [finding]

    def _bark(self, one: Watched, finding: Finding) -> list[Finding]:
        """Tell a person once. It is noted after the message: told twice rather than never."""
        if self.records.barked(one, finding):
            return []
        notice = Notice(incident_id=one.incident_id, kind="escalated", about=finding)
        for told in self.outbox.deliver(notice):
            if told.lost:
                raise StoreUnavailableError(f"{one.incident_id}: {finding}: {told.reason}")
        self.records.claims.once(bark_key(one.incident_id, finding), self.now() + BARK_KEPT)
        self._note(one, finding)
        return [finding]

    def _note(self, one: Watched, finding: Finding) -> None:
        """Have the log say it, for people, if it can still be read."""

        def build(header: Header, history: Sequence[IncidentEvent]) -> WatchdogAlerted | None:
            known = any(isinstance(f, WatchdogAlerted) and f.finding == finding for f in history)
            if known or not history:
                return None
            return WatchdogAlerted.model_validate({**header, "finding": finding})

        with suppress(InvalidHistoryError):
            self.recorder.record(one.incident_id, build)
