"""Refusals: raised by a check, recorded as an event, returned to the state machine."""

from collections.abc import Sequence
from typing import Final, Literal, get_args

from functions.executor.dependencies import ExecutorDependencies
from quorum.application.recorder import Header
from quorum.domain.errors import RefusedError
from quorum.domain.events import (
    ActionRefused,
    ApprovalAnswered,
    DecisionMade,
    IncidentEvent,
)
from quorum.domain.incident import Incident, replay

MAX_REASON_LENGTH = 500


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
    "alarm_without_data",
    "alarm_over",
    "memory_decides",
    "second_action",
    "answered",
    "taken_over",
    "stop_switch",
]
"""Names of the checks as events store them: those before the guards, then the guards."""
GUARD_NAMES: Final = frozenset(get_args(GuardName))


class RefusalError(RefusedError):
    """A refusal; `person_may`: an approval lifts it. Raises ValueError for an unknown guard."""

    def __init__(self, guard: GuardName, reason: str, *, person_may: bool = False) -> None:
        if guard not in GUARD_NAMES:
            raise ValueError(f"unknown check: {guard}")
        super().__init__(f"{guard}: {reason}")
        self.guard: GuardName = guard
        self.reason, self.person_may = reason, person_may


def record(
    deps: ExecutorDependencies, incident_id: str, refusal: RefusalError, approval_id: str | None
) -> None:
    """Append ActionRefused, unless this attempt is already refused.

    Raises RefusedError when there is no decided action to refuse.
    """

    def build(header: Header, history: Sequence[IncidentEvent]) -> ActionRefused | None:
        action = _refused_action(history, approval_id)
        if action is None:
            raise refusal
        if in_force(replay(history), approval_id):
            return None
        return ActionRefused.model_validate(
            {
                **header,
                "action": action,
                "guard": refusal.guard,
                "reason": refusal.reason[:MAX_REASON_LENGTH],
                "person_may": refusal.person_may,
            }
        )

    deps.recorder.record(incident_id, build)


def _refused_action(history: Sequence[IncidentEvent], approval_id: str | None) -> str | None:
    """Return the refused action: the one that people granted, or the decided one."""
    for event in reversed(history):
        if (
            isinstance(event, ApprovalAnswered)
            and event.approval_id == approval_id
            and event.action
        ):
            return event.action
        if isinstance(event, DecisionMade):
            return event.action
    return None


def in_force(incident: Incident, approval_id: str | None) -> ActionRefused | None:
    """Return the refusal of this attempt, if it is newer than its decision and its approval."""
    refused, decision = incident.refused, incident.decision
    if refused is None or decision is None or refused.version < decision.version:
        return None
    if approval_id is not None:
        answers = (one.answer for one in incident.rounds if one.answer is not None)
        answer = next((one for one in answers if one.approval_id == approval_id), None)
        if answer is None or refused.version < answer.version:
            return None
    return refused
