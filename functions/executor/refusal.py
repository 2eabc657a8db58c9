"""Why nothing is done: raised by a check, recorded as a fact, answered to the state machine."""

from collections.abc import Sequence
from typing import Final, Literal, get_args

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


GuardName = Literal[
    "authority",
    "certificate",
    "approval",
    "target",
    "precondition",
    "fence",
    "effect",
    "undo",
    "lease",
    "in_flight",
    "hourly_limit",
    "shadow",
    "approval_wanted",
    "irreversible",
    "flapping",
    "storm",
    "second_fault",
    "evidence_gaps",
    "concentrated",
    "target_unproven",
    "target_unhealthy",
    "deployment",
    "weighted_alias",
    "autoscaling",
    "below_floor",
    "security_release",
    "cause_remains",
    "alarm_over",
    "taken_over",
    "stop_switch",
]
"""The checks by the names that events store: those that come before the guards, then the guards."""
GUARD_NAMES: Final = frozenset(get_args(GuardName))


class RefusalError(RefusedError):
    """A check refused; `person_may`: an approval lifts it. Raises ValueError for no known check."""

    def __init__(self, guard: GuardName, reason: str, *, person_may: bool = False) -> None:
        if guard not in GUARD_NAMES:
            raise ValueError(f"no check is called {guard}")
        super().__init__(f"{guard}: {reason}")
        self.guard: GuardName = guard
        self.reason, self.person_may = reason, person_may


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
