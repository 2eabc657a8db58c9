"""Why nothing is done: raised by a check, recorded as a fact, answered to the state machine."""

from collections.abc import Sequence

from functions.executor.dependencies import Dependencies
from quorum.application.recorder import Header
from quorum.domain.errors import RefusedError
from quorum.domain.events import (
    ActionRefused,
    ApprovalAnswered,
    DecisionMade,
    IncidentEvent,
)
from quorum.domain.incident import Incident, replay

REASON_LENGTH = 500


class RefusalError(RefusedError):
    """A check said no; `person_may` tells whether an approval lifts it."""

    def __init__(self, guard: str, reason: str, *, person_may: bool = False) -> None:
        super().__init__(f"{guard}: {reason}")
        self.guard, self.reason, self.person_may = guard, reason, person_may


def record(
    tools: Dependencies, incident_id: str, refusal: RefusalError, approval_id: str | None
) -> None:
    """Append the refusal, unless this very attempt is refused already.

    Raises RefusedError when there is no decided action that could be refused.
    """

    def build(header: Header, history: Sequence[IncidentEvent]) -> ActionRefused | None:
        action = _wanted(history, approval_id)
        if action is None:
            raise refusal
        if standing(replay(history), approval_id):
            return None
        return ActionRefused.model_validate(
            {
                **header,
                "action": action,
                "guard": refusal.guard,
                "reason": refusal.reason[:REASON_LENGTH],
                "person_may": refusal.person_may,
            }
        )

    tools.recorder.record(incident_id, build)


def _wanted(history: Sequence[IncidentEvent], approval_id: str | None) -> str | None:
    """Return the action that is refused: what people granted, or what was decided."""
    for fact in reversed(history):
        if isinstance(fact, ApprovalAnswered) and fact.approval_id == approval_id and fact.action:
            return fact.action
        if isinstance(fact, DecisionMade):
            return fact.action
    return None


def standing(incident: Incident, approval_id: str | None) -> ActionRefused | None:
    """Return the refusal of this very attempt: later than its decision, and than its approval."""
    refused, decision, answer = incident.refused, incident.decision, incident.answer
    if refused is None or decision is None or refused.version < decision.version:
        return None
    if approval_id is not None and (answer is None or refused.version < answer.version):
        return None
    return refused
