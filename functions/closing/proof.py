"""What the log must say before an outcome may stand."""

from typing import assert_never

from functions.shared.domain.events import Outcome
from functions.shared.domain.incident import Incident


def missing(incident: Incident, outcome: Outcome) -> str | None:
    """Return what the log lacks for this outcome, or None."""
    match outcome:
        case "resolved":
            return _resolved(incident)
        case "dismissed":
            return _dismissed(incident)
        case "undone":
            return None if incident.undone else "no undo"
        case "unverified":
            return _acted(incident) or _checked(incident, "unverified")
        case "escalated":
            return None
        case _:
            assert_never(outcome)


def _resolved(incident: Incident) -> str | None:
    if incident.undone:
        return "the action was undone"
    return _acted(incident) or _checked(incident, "recovered")


def _dismissed(incident: Incident) -> str | None:
    if incident.taken:
        return "an action was taken"
    if incident.decision is None or incident.decision.route != "dismiss":
        return "no decision to dismiss"
    return _checked(incident, "recovered")


def _acted(incident: Incident) -> str | None:
    return None if incident.taken else "no action"


def _checked(incident: Incident, verdict: str) -> str | None:
    """A verdict counts when it was reached after what it judges."""
    after = incident.taken or incident.decision
    checked = incident.checked
    if checked is None or checked.verdict != verdict or (after and checked.version < after.version):
        return f"recovery was not checked as {verdict}"
    return None
