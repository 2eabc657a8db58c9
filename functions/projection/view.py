"""One incident's row in the read model: the fold of its log and nothing else."""

from typing import Any

from quorum.domain.events import affected
from quorum.domain.incident import Incident
from quorum.domain.incident_view import IncidentView
from quorum.narrative import Actions, action, plain


def view(incident: Incident, known: Actions, slack: str | None = None) -> IncidentView:
    """Return the row; `known` are the candidate actions of the log. Times are ISO 8601.

    `slack` is the incident's thread, so that a question in it finds the incident.
    """
    return IncidentView(
        incident_id=incident.incident_id,
        version=incident.version,
        status=incident.status,
        opened_at=incident.opened.occurred_at,
        details={
            **_alarms(incident),
            **_decision(incident, known),
            **_seats(incident),
            **_question(incident),
            **_ending(incident),
            **_times(incident),
            "slack": slack,
        },
    )


def _alarms(incident: Incident) -> dict[str, Any]:
    alarms = (incident.opened.alarm, *(joined.alarm for joined in incident.joined))
    return {
        "alarm": alarms[0].name,
        "alarms": len(alarms),
        "resources": list(affected(alarms)),
        "flapping": incident.opened.flapping,
    }


def _decision(incident: Incident, known: Actions) -> dict[str, Any]:
    decision = incident.decision
    if decision is None:
        return {"decision": None, "action": None, "score_bp": None, "level": None}
    chosen = decision.action
    return {
        "decision": decision.route,
        "action": {"id": chosen, "summary": plain(action(chosen, known))} if chosen else None,
        "score_bp": decision.score_bp,
        "level": decision.level,
    }


def _seats(incident: Incident) -> dict[str, Any]:
    """Return each seat's method and how many preferred ones failed; None for a missing vote."""
    decision = incident.decision
    if decision is None:
        return {"seats": []}
    voted = [
        {"seat": vote.seat, "tier": vote.tier, "skipped": len(vote.skipped)}
        for vote in decision.votes
    ]
    silent = [{"seat": one.seat, "tier": None, "skipped": 0} for one in decision.silent]
    return {"seats": [*voted, *silent]}


def _question(incident: Incident) -> dict[str, Any]:
    asked = incident.approval
    waits = asked is not None and incident.answer is None and not incident.is_closed
    if asked is None or not waits:
        return {"awaiting": None, "answer": incident.answer.answer if incident.answer else None}
    return {
        "awaiting": {"approval_id": asked.approval_id, "until": asked.expires_at.isoformat()},
        "answer": None,
    }


def _ending(incident: Incident) -> dict[str, Any]:
    closed, report = incident.closed, incident.post_mortem
    last = incident.last_action
    checked = last.checked if last else incident.checked
    return {
        "acted": last is not None,
        "undone": last is not None and last.undone is not None,
        "verdict": checked.verdict if checked else None,
        "outcome": closed.outcome if closed else None,
        "reason": closed.reason if closed else None,
        "closed_at": closed.occurred_at.isoformat() if closed else None,
        "post_mortem": report.key if report else None,
    }


def _times(incident: Incident) -> dict[str, Any]:
    """Return the times of the incident's steps, for figures over many; None for a missing one."""
    last = incident.last_action
    answer = (last.answer if last else None) or incident.answer
    checked = last.checked if last else incident.checked
    by_person = answer if answer and answer.by else None
    recovered = checked if checked and checked.verdict == "recovered" else None
    captured, report = last.captured if last else None, incident.post_mortem
    events = {
        "decided_at": incident.decision,
        "answered_at": by_person,
        "acted_at": last.taken if last else None,
        "recovered_at": recovered,
    }
    return {
        **{name: e.occurred_at.isoformat() if e else None for name, e in events.items()},
        "fired_at": incident.opened.alarm.fired_at.isoformat(),
        "asked": any(one.approval is not None for one in incident.rounds),
        "autonomous": captured is not None and captured.approval_id is None,
        "cost_microdollars": report.cost_microdollars if report else None,
    }
