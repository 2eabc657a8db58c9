"""Interventions by people: taking over an incident, and ordering the undo of its action.

Both are stored where this function alone can write; the log repeats them for people. The executor
starts no action in an incident that is taken over, and follows a signed undo order with the same
compare-and-set as any undo.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from functions.approval.approval_events import caller_fields
from functions.approval.authentication import AuthenticatedCaller
from functions.approval.trusted_records import TrustedRecords
from quorum.application.recorder import Header, Recorder
from quorum.domain.approvals import Approval
from quorum.domain.errors import InvalidHistoryError, RefusedError
from quorum.domain.events import (
    ApprovalRequested,
    IncidentEvent,
    IncidentTakenOver,
    UndoRequested,
)
from quorum.domain.grants import UndoOrder
from quorum.domain.incident import replay
from quorum.domain.incident_records import TakenOver
from quorum.domain.signed import signed_text
from quorum.ports.approvals import ApprovalStore
from quorum.ports.clock import Clock
from quorum.ports.voting import Signer

ORDER_SECONDS: Final = 900
"""Validity of a signed undo order, in seconds."""


@dataclass(frozen=True, slots=True)
class Interventions:
    """Commands of people about an incident as a whole."""

    recorder: Recorder
    records: TrustedRecords
    book: ApprovalStore
    signer: Signer
    now: Clock

    def take_over(self, incident_id: str, caller: AuthenticatedCaller) -> Sequence[Approval]:
        """Store the person as owner; return the incident's approval requests, to be denied.

        Idempotent. Raises RefusedError if the incident is closed or another person has taken it
        over, and InvalidHistoryError if there is no such incident.
        """
        history = self.recorder.store.load(incident_id)
        if not history:
            raise InvalidHistoryError(f"no such incident: {incident_id}")
        if self.book.taken_over(incident_id) is None and self.records.is_closed(incident_id):
            raise RefusedError("the incident is already closed")
        record = self.book.take_over(
            TakenOver(
                incident_id=incident_id,
                by=caller.person.id,
                via=caller.via,
                reason=caller.reason,
                at=self.now().timestamp(),
            )
        )
        if record.by != caller.person.id:
            raise RefusedError(f"{record.by} has already taken over the incident")
        self.recorder.record_once(incident_id, IncidentTakenOver, **caller_fields(caller))
        return self._approval_requests(incident_id, history)

    def _approval_requests(
        self, incident_id: str, history: Sequence[IncidentEvent]
    ) -> Sequence[Approval]:
        """Return the incident's own requests; the log only lists their ids."""
        ids = [e.approval_id for e in history if isinstance(e, ApprovalRequested)]
        approvals = (self.book.find(wanted_id) for wanted_id in dict.fromkeys(ids))
        return [a for a in approvals if a and a.incident_id == incident_id]

    def order_undo(self, incident_id: str, caller: AuthenticatedCaller) -> int:
        """Sign and store the undo order; return the logged round of the action.

        Repeating it renews the validity. Raises RefusedError if there is no action to undo.
        """
        round_ = self.records.decision(self.recorder.store.load(incident_id)).round
        order = UndoOrder(
            incident=incident_id,
            action=self.records.completed_action(incident_id),
            person=caller.person.id,
            exp=int(self.now().timestamp()) + ORDER_SECONDS,
        )
        self.book.order_undo(incident_id, signed_text(order, self.signer.sign(order.message())))

        def build(header: Header, history: Sequence[IncidentEvent]) -> UndoRequested | None:
            incident = replay(history)
            wanted, refused = incident.undo_requested, incident.undo_refused
            if wanted and (refused is None or refused.version < wanted.version):
                return None
            return UndoRequested.model_validate({**header, **caller_fields(caller)})

        self.recorder.record(incident_id, build)
        return round_
