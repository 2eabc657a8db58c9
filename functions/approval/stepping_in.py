"""A person steps in: takes the incident over, or wants the action undone.

What follows is for others: the executor begins nothing in an incident that is taken over, and
undoes what a person's signed order says, by the same compare-and-set as ever. Both are kept where
this function alone writes; the log tells people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from functions.approval.identity import Said
from functions.approval.inputs import Inputs
from functions.approval.records import said_fields
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
from quorum.domain.signed import seal
from quorum.ports.approvals import ApprovalBook
from quorum.ports.clock import Clock
from quorum.ports.voting import Signer

ORDER_SECONDS: Final = 900
"""So long the executor may follow a person's order to undo."""


@dataclass(frozen=True, slots=True)
class SteppingIn:
    """Takes what people say of an incident as a whole."""

    recorder: Recorder
    inputs: Inputs
    book: ApprovalBook
    signer: Signer
    now: Clock

    def take_over(self, incident_id: str, said: Said) -> Sequence[Approval]:
        """Keep who has it; return the questions of the incident, which it answers.

        Repeating it changes nothing. Raises RefusedError when it is closed, or somebody else has
        it already, and InvalidHistoryError when there is no such incident.
        """
        history = self.recorder.store.load(incident_id)
        if not history:
            raise InvalidHistoryError(f"there is no incident {incident_id}")
        if self.book.taken_over(incident_id) is None and self.inputs.closed(incident_id):
            raise RefusedError("the incident is closed: it is with people already")
        taken = self.book.take_over(
            TakenOver(
                incident_id=incident_id,
                by=said.person.id,
                via=said.via,
                reason=said.reason,
                at=self.now().timestamp(),
            )
        )
        if taken.by != said.person.id:
            raise RefusedError(f"{taken.by} has taken it over already")
        self.recorder.record_once(incident_id, IncidentTakenOver, **said_fields(said))
        return self._asked(incident_id, history)

    def _asked(self, incident_id: str, history: Sequence[IncidentEvent]) -> Sequence[Approval]:
        """Return the incident's own questions: the log only says which there may be."""
        ids = [fact.approval_id for fact in history if isinstance(fact, ApprovalRequested)]
        found = (self.book.find(one) for one in dict.fromkeys(ids))
        return [one for one in found if one and one.incident_id == incident_id]

    def want_undone(self, incident_id: str, said: Said) -> int:
        """Sign and keep the order; return the round that the log says the action is of.

        Repeating it makes the order last anew. Raises RefusedError when nothing was done, or it is
        undone already.
        """
        round_ = self.inputs.decision(self.recorder.store.load(incident_id)).round
        order = UndoOrder(
            incident=incident_id,
            action=self.inputs.done(incident_id),
            person=said.person.id,
            exp=int(self.now().timestamp()) + ORDER_SECONDS,
        )
        self.book.order_undo(incident_id, seal(order, self.signer.sign(order.message())))

        def build(header: Header, history: Sequence[IncidentEvent]) -> UndoRequested | None:
            incident = replay(history)
            wanted, refused = incident.undo_requested, incident.undo_refused
            stands = wanted and (refused is None or refused.version < wanted.version)
            return None if stands else UndoRequested.model_validate({**header, **said_fields(said)})

        self.recorder.record(incident_id, build)
        return round_
