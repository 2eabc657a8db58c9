"""All that whoever tells people knows of an incident, and where it is read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from quorum.domain.approvals import Approval
from quorum.domain.errors import InvalidHistoryError
from quorum.domain.events import ApprovalRequested, IncidentEvent, MessageSent, Outcome
from quorum.domain.evidence import Alarm
from quorum.domain.incident import replay
from quorum.domain.incident_records import Notified, Opening
from quorum.domain.notices import Notice
from quorum.ports.approvals import ApprovalBook
from quorum.ports.log import ClosingBook, EventStore, OpeningBook
from quorum.ports.messaging import NotificationBook

MOST_QUESTIONS: Final = 50
"""Questions of one log that are looked up; an honest incident has one per round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One incident. Only its facts can have been written by more than one function."""

    incident_id: str
    facts: Sequence[IncidentEvent] = ()
    """None when the log contradicts itself."""
    broken: bool = False
    """The log contradicts itself, or holds what is no fact."""
    opening: Opening | None = None
    """None of an incident from before openings were kept."""
    ending: Outcome | None = None
    question: Approval | None = None
    """The newest that the log names and the approval function really asked."""
    told: Sequence[Notified] = ()

    @property
    def exists(self) -> bool:
        """Return whether anything is known of it."""
        return bool(self.facts or self.broken or self.opening)

    @property
    def alarm(self) -> Alarm | None:
        """Return the alarm that opened it, as far as that is known."""
        if self.opening is not None:
            return self.opening.alarms[0]
        return replay(self.facts).opened.alarm if self.facts else None


@dataclass(frozen=True, slots=True)
class Files:
    """Where cases are read."""

    log: EventStore
    openings: OpeningBook
    closings: ClosingBook
    approvals: ApprovalBook
    notifications: NotificationBook

    def case(self, notice: Notice) -> Case:
        """Return what is known. Raises StoreUnavailableError."""
        incident_id = notice.incident_id
        facts, broken = self._facts(incident_id)
        opening = self.openings.find(incident_id)
        asks = notice.kind in {"approval_wanted", "answered"}
        return Case(
            incident_id=incident_id,
            facts=facts,
            broken=broken,
            opening=opening,
            ending=self._ending(incident_id, facts, opening),
            question=self._question(incident_id, facts) if asks else None,
            told=self._told(incident_id, facts, opening),
        )

    def _facts(self, incident_id: str) -> tuple[Sequence[IncidentEvent], bool]:
        try:
            facts = self.log.load(incident_id)
            if facts:
                replay(facts)
        except InvalidHistoryError:
            return (), True
        return facts, False

    def _ending(
        self, incident_id: str, facts: Sequence[IncidentEvent], opening: Opening | None
    ) -> Outcome | None:
        """Return how it ended: of an incident from before openings were kept, the log says so."""
        ending = self.closings.find(incident_id)
        if ending is not None:
            return ending.outcome
        closed = replay(facts).closed if facts and opening is None else None
        return closed.outcome if closed else None

    def _told(
        self, incident_id: str, facts: Sequence[IncidentEvent], opening: Opening | None
    ) -> Sequence[Notified]:
        """Return what people were told: with an opening, nothing that only the log says counts."""
        told = self.notifications.of(incident_id)
        before = [_notified(fact) for fact in facts if isinstance(fact, MessageSent)]
        return told if opening is not None else [*before, *told]

    def _question(self, incident_id: str, facts: Sequence[IncidentEvent]) -> Approval | None:
        for approval_id in islice(_asked(facts), MOST_QUESTIONS):
            found = self.approvals.find(approval_id)
            if found is not None and found.incident_id == incident_id:
                return found
        return None


def _asked(facts: Sequence[IncidentEvent]) -> Iterator[str]:
    """Yield the ids of the questions that the log names, newest first."""
    yield from dict.fromkeys(
        fact.approval_id for fact in reversed(facts) if isinstance(fact, ApprovalRequested)
    )


def _notified(fact: MessageSent) -> Notified:
    return Notified(
        incident_id=fact.incident_id,
        message=fact.message,
        channel=fact.channel,
        reference=fact.reference,
        at=fact.occurred_at.timestamp(),
    )
