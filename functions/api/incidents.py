"""Incident lists from the read model, and single incidents from their event log."""

from collections.abc import Sequence
from typing import Any, Final

from functions.api.dependencies import ApiDependencies
from functions.api.problems import not_found
from functions.api.schemas import PendingApproval, State, Summary
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
    "open": "evidence collection",
    "investigating": "votes from the seats",
    "deciding": "the decision's next step",
    "acting": "the action to complete",
    "verifying": "alarm and traffic to recover",
    "undoing": "the rollback to complete",
    "closed": "nothing",
}


def listed(deps: ApiDependencies, state: State, limit: int) -> tuple[Summary, ...]:
    """Return up to `limit` incidents in that state, newest first.

    The read model may lag the log by about a second.
    """
    return tuple(map(summary, views(deps, state, limit)))


def views(deps: ApiDependencies, state: State, limit: int) -> Sequence[IncidentView]:
    """Return up to `limit` rows of the read model in that state, newest first."""
    statuses = OPEN if state == "open" else ("closed",)
    found = [view for status in statuses for view in deps.views.by_status(status, limit)]
    return sorted(found, key=lambda view: view.opened_at, reverse=True)[:limit]


def history(deps: ApiDependencies, incident_id: str) -> tuple[Sequence[IncidentEvent], Incident]:
    """Return the incident's events and their fold. Raises ProblemError (404) without events."""
    events = deps.store.load(incident_id)
    if not events:
        raise not_found("Incident not found.")
    return events, replay(events)


def summary(view: IncidentView) -> Summary:
    """Return the list row of a view; fields that an older projection did not write are null."""
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
        awaiting=PendingApproval.model_validate(awaiting) if awaiting else None,
        outcome=details.get("outcome"),
        reason=details.get("reason"),
        closed_at=details.get("closed_at"),
    )


def _waits_for(status: str, awaiting: dict[str, Any] | None) -> str:
    return "a person's decision" if awaiting else WAITS.get(status, status)
