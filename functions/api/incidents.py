"""Incidents for people and programs: lists from the read model, one incident from its log."""

from collections.abc import Sequence
from typing import Any, Final

from functions.api.dependencies import Tools
from functions.api.problems import not_found
from functions.api.shapes import Question, State, Summary
from quorum.domain.events import IncidentEvent
from quorum.domain.incident import Incident, Status, replay
from quorum.domain.incident_view import IncidentView

OPEN: Final[tuple[Status, ...]] = (
    "open",
    "investigating",
    "deciding",
    "acting",
    "verifying",
    "undoing",
)
WAITS: Final[dict[str, str]] = {
    "open": "evidence to be frozen",
    "investigating": "the seats to vote",
    "deciding": "what the decision leads to",
    "acting": "the action to be done",
    "verifying": "the alarm and the traffic to recover",
    "undoing": "the action to be undone",
    "closed": "nothing",
}


def listed(tools: Tools, state: State, limit: int) -> tuple[Summary, ...]:
    """Return incidents of that state, newest first (the read model may lag by a second)."""
    statuses = OPEN if state == "open" else ("closed",)
    views = [view for status in statuses for view in tools.views.by_status(status, limit)]
    newest = sorted(views, key=lambda view: view.opened_at, reverse=True)[:limit]
    return tuple(map(summary, newest))


def history(tools: Tools, incident_id: str) -> tuple[Sequence[IncidentEvent], Incident]:
    """Return the facts and what they come to. Raises ProblemError when there are none."""
    facts = tools.store.load(incident_id)
    if not facts:
        raise not_found("incident")
    return facts, replay(facts)


def summary(view: IncidentView) -> Summary:
    """Return the row; details that an older projection did not write are absent."""
    details = view.details
    action, awaiting = details.get("action"), details.get("awaiting")
    return Summary(
        incident_id=view.incident_id,
        version=view.version,
        status=view.status,
        opened_at=view.opened_at,
        alarm=str(details.get("alarm", "")),
        resources=tuple(details.get("resources", ())),
        waits_for=_waits_for(view.status, awaiting),
        route=details.get("decision"),
        action=action["summary"] if action else None,
        score_bp=details.get("score_bp"),
        awaiting=Question.model_validate(awaiting) if awaiting else None,
        outcome=details.get("outcome"),
        reason=details.get("reason"),
        closed_at=details.get("closed_at"),
    )


def _waits_for(status: str, awaiting: dict[str, Any] | None) -> str:
    return "a person to decide" if awaiting else WAITS.get(status, status)
