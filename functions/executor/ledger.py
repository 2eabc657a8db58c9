"""The execution ledger: the executor's own record of its actions, which nothing else writes.

The event log repeats it for people, in events that other functions could write too. An undo follows
the ledger; if the log disagrees, it is refused and a person has to check.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from functions.executor.dependencies import ExecutorDependencies
from functions.executor.refusal import RefusalError
from quorum.application.recorder import Header
from quorum.domain.events import IncidentEvent, InverseCaptured
from quorum.domain.evidence import Candidate, Scalar
from quorum.domain.executions import Execution
from quorum.domain.incident import Incident


class FencedAction(NamedTuple):
    """An action and the captured values that undo it."""

    candidate: Candidate
    captured: Mapping[str, Scalar]


def fenced_action(fence: Execution) -> FencedAction:
    """Return the fence's action. Raises RefusalError for a fence that predates this record."""
    if fence.candidate is None:
        raise RefusalError(
            "fence", "started by an earlier version of Quorum: check the resource by hand"
        )
    return FencedAction(fence.candidate, fence.captured)


def record_captured(deps: ExecutorDependencies, fence: Execution) -> None:
    """Append InverseCaptured for this fence, unless the latest one already matches."""
    fields = {
        "action": fence.action,
        "candidate": fence.candidate,
        "captured": fence.captured,
        "approval_id": fence.approval_id,
    }

    def build(header: Header, history: Sequence[IncidentEvent]) -> InverseCaptured | None:
        old = next((e for e in reversed(history) if isinstance(e, InverseCaptured)), None)
        return (
            None if _matches(old, fence) else InverseCaptured.model_validate({**header, **fields})
        )

    deps.recorder.record(fence.incident_id, build)


def check_log_agrees(incident: Incident, fence: Execution) -> None:
    """Raise RefusalError unless a round of the event log matches the ledger."""
    for logged in incident.actions:
        taken = logged.taken
        agrees = taken is not None and (taken.action, taken.written) == (
            fence.action,
            fence.written,
        )
        if agrees and _matches(logged.captured, fence):
            return
    raise RefusalError("undo", "the event log and the execution ledger disagree")


def _matches(event: InverseCaptured | None, fence: Execution) -> bool:
    return event is not None and (
        event.action,
        event.candidate,
        event.captured,
        event.approval_id,
    ) == (fence.action, fence.candidate, fence.captured, fence.approval_id)
