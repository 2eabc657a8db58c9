"""Events about approval requests and answers, each appended at most once."""

from collections.abc import Sequence
from datetime import UTC, datetime

from functions.approval.authentication import AuthenticatedCaller
from quorum.application.recorder import Header, Recorder
from quorum.domain.approvals import Approval
from quorum.domain.base import OutsiderText
from quorum.domain.constants import ESCALATION_LEVEL
from quorum.domain.events import (
    ApprovalAnswered,
    ApprovalGiven,
    ApprovalRequested,
    DecisionMade,
    IncidentEvent,
)
from quorum.domain.incident import Incident


def request_reason(incident: Incident, decision: DecisionMade) -> str:
    """Return the reason to ask people: the guard that an approval lifts, or the decision's."""
    refused = incident.refused
    if refused is not None and refused.person_may and refused.version > decision.version:
        return f"{refused.guard}: {refused.reason}"
    return decision.reason


def record_request(recorder: Recorder, approval: Approval, reason: str, people: int) -> None:
    """Append ApprovalRequested unless it exists."""

    def build(header: Header, history: Sequence[IncidentEvent]) -> ApprovalRequested | None:
        recorded = {e.approval_id for e in history if isinstance(e, ApprovalRequested)}
        fields = {
            "approval_id": approval.approval_id,
            "action": approval.action,
            "reason": reason,
            "people": people,
            "level": ESCALATION_LEVEL,
            "expires_at": datetime.fromtimestamp(approval.expires_at, UTC),
        }
        if approval.approval_id in recorded:
            return None
        return ApprovalRequested.model_validate({**header, **fields})

    recorder.record(approval.incident_id, build)


def record_grant(
    recorder: Recorder, approval: Approval, caller: AuthenticatedCaller, missing: int
) -> None:
    """Append ApprovalGiven unless this person's exists."""
    by = OutsiderText.of(caller.person.id)

    def build(header: Header, history: Sequence[IncidentEvent]) -> ApprovalGiven | None:
        recorded = {(e.approval_id, e.by) for e in history if isinstance(e, ApprovalGiven)}
        fields = {
            "approval_id": approval.approval_id,
            "by": by,
            "via": caller.via,
            "action": approval.chosen,
            "reason": _text(caller.reason),
            "missing": missing,
        }
        if (approval.approval_id, by) in recorded:
            return None
        return ApprovalGiven.model_validate({**header, **fields})

    recorder.record(approval.incident_id, build)


def record_answer(recorder: Recorder, approval: Approval) -> None:
    """Append ApprovalAnswered unless it exists."""

    def build(header: Header, history: Sequence[IncidentEvent]) -> ApprovalAnswered | None:
        recorded = {e.approval_id for e in history if isinstance(e, ApprovalAnswered)}
        fields = {
            "approval_id": approval.approval_id,
            "answer": approval.state,
            "by": _text(approval.by),
            "via": approval.via,
            "reason": _text(approval.reason),
            "action": (approval.chosen or None) if approval.state == "granted" else None,
            "grants": approval.grants if approval.state == "granted" else (),
        }
        if approval.approval_id in recorded:
            return None
        return ApprovalAnswered.model_validate({**header, **fields})

    recorder.record(approval.incident_id, build)


def caller_fields(caller: AuthenticatedCaller) -> dict[str, object]:
    """Return the event fields of the person, the channel and the reason."""
    return {
        "by": OutsiderText.of(caller.person.id),
        "via": caller.via,
        "reason": OutsiderText.of(caller.reason),
    }


def _text(text: str) -> OutsiderText | None:
    return OutsiderText.of(text) if text else None
