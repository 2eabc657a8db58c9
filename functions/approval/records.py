"""The facts about what people are asked and say, each at most once."""

from collections.abc import Sequence
from datetime import UTC, datetime

from functions.approval.identity import Said
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


def why(incident: Incident, decision: DecisionMade) -> str:
    """Return why people are asked: the guard that only they may lift, or the decision."""
    refused = incident.refused
    if refused is not None and refused.person_may and refused.version > decision.version:
        return f"{refused.guard}: {refused.reason}"
    return decision.reason


def record_question(recorder: Recorder, asked: Approval, reason: str, people: int) -> None:
    """Append ApprovalRequested unless it is there."""

    def build(header: Header, history: Sequence[IncidentEvent]) -> ApprovalRequested | None:
        known = {fact.approval_id for fact in history if isinstance(fact, ApprovalRequested)}
        fields = {
            "approval_id": asked.approval_id,
            "action": asked.action,
            "reason": reason,
            "people": people,
            "level": ESCALATION_LEVEL,
            "expires_at": datetime.fromtimestamp(asked.expires_at, UTC),
        }
        if asked.approval_id in known:
            return None
        return ApprovalRequested.model_validate({**header, **fields})

    recorder.record(asked.incident_id, build)


def record_given(recorder: Recorder, asked: Approval, said: Said, missing: int) -> None:
    """Append ApprovalGiven unless this person's is there."""
    by = OutsiderText.of(said.person.id)

    def build(header: Header, history: Sequence[IncidentEvent]) -> ApprovalGiven | None:
        known = {(e.approval_id, e.by) for e in history if isinstance(e, ApprovalGiven)}
        fields = {
            "approval_id": asked.approval_id,
            "by": by,
            "via": said.via,
            "action": asked.chosen,
            "reason": _text(said.reason),
            "missing": missing,
        }
        if (asked.approval_id, by) in known:
            return None
        return ApprovalGiven.model_validate({**header, **fields})

    recorder.record(asked.incident_id, build)


def record_answer(recorder: Recorder, answered: Approval) -> None:
    """Append ApprovalAnswered unless it is there."""

    def build(header: Header, history: Sequence[IncidentEvent]) -> ApprovalAnswered | None:
        known = {fact.approval_id for fact in history if isinstance(fact, ApprovalAnswered)}
        fields = {
            "approval_id": answered.approval_id,
            "answer": answered.state,
            "by": _text(answered.by),
            "via": answered.via,
            "reason": _text(answered.reason),
            "action": (answered.chosen or None) if answered.state == "granted" else None,
            "grants": answered.grants if answered.state == "granted" else (),
        }
        if answered.approval_id in known:
            return None
        return ApprovalAnswered.model_validate({**header, **fields})

    recorder.record(answered.incident_id, build)


def said_fields(said: Said) -> dict[str, object]:
    """Return who said it, by which way in, and why, as facts have them."""
    return {
        "by": OutsiderText.of(said.person.id),
        "via": said.via,
        "reason": OutsiderText.of(said.reason),
    }


def _text(said: str) -> OutsiderText | None:
    return OutsiderText.of(said) if said else None
