"""What the ledger says was done: the executor's own record, which nobody else writes.

The log tells people the same, in facts that others could write too. What is undone is what the
ledger says was done; where the log says otherwise, somebody has to look.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from functions.executor.dependencies import Dependencies
from functions.executor.refusal import RefusalError
from quorum.application.recorder import Header
from quorum.domain.events import IncidentEvent, InverseCaptured
from quorum.domain.evidence import Candidate, Scalar
from quorum.domain.executions import Execution
from quorum.domain.incident import Incident


class Acted(NamedTuple):
    """An action with what undoes it."""

    candidate: Candidate
    captured: Mapping[str, Scalar]


def acted(fence: Execution) -> Acted:
    """Return what was fenced. Raises RefusalError for a fence of before the ledger held it."""
    if fence.candidate is None:
        raise RefusalError("fence", "an earlier version of Quorum began it: look at it yourself")
    return Acted(fence.candidate, fence.captured)


def tell_captured(tools: Dependencies, fence: Execution) -> None:
    """Append InverseCaptured for this fence unless it is the newest there."""
    said = {
        "action": fence.action,
        "candidate": fence.candidate,
        "captured": fence.captured,
        "approval_id": fence.approval_id,
    }

    def build(header: Header, history: Sequence[IncidentEvent]) -> InverseCaptured | None:
        old = next((e for e in reversed(history) if isinstance(e, InverseCaptured)), None)
        return None if _says(old, fence) else InverseCaptured.model_validate({**header, **said})

    tools.recorder.record(fence.incident_id, build)


def agree(incident: Incident, fence: Execution) -> None:
    """Raise RefusalError unless the log tells people what the ledger holds."""
    taken = incident.taken
    told = taken is not None and (taken.action, taken.written) == (fence.action, fence.written)
    if not told or not _says(incident.captured, fence):
        raise RefusalError("undo", "the log and the ledger disagree on what was done")


def _says(fact: InverseCaptured | None, fence: Execution) -> bool:
    return fact is not None and (
        fact.action,
        fact.candidate,
        fact.captured,
        fact.approval_id,
    ) == (fence.action, fence.candidate, fence.captured, fence.approval_id)
