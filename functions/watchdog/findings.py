"""What the watchdog looks for, and how a person is told."""

from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Final, Literal, get_args

from functions.shared.domain.constants import UNDECIDED_AFTER_SECONDS
from functions.shared.domain.incident import Incident
from functions.shared.narrative import Verbatim, Words, html, instant, plain
from functions.shared.ports import ExecutionStatus, Message

Ended = Literal["execution_failed", "execution_timed_out", "execution_aborted"]
Finding = Literal["undecided", "execution_missing"] | Ended

ENDED: Final[Mapping[ExecutionStatus, Ended]] = {
    "failed": "execution_failed",
    "timed_out": "execution_timed_out",
    "aborted": "execution_aborted",
    "succeeded": "execution_failed",
}
"""What an execution's end means for an incident that it left open; success is no exception."""
ENDINGS: Final = frozenset(get_args(Ended))
MISSING_AFTER_SECONDS: Final = 60
"""Longer than intake needs between the fact and the start."""

_WHAT: Final[Mapping[Finding, str]] = {
    "undecided": f"nothing is decided after {UNDECIDED_AFTER_SECONDS // 60} minutes",
    "execution_failed": "its pipeline failed",
    "execution_timed_out": "its pipeline ran out of time",
    "execution_aborted": "its pipeline was aborted",
    "execution_missing": "its pipeline had never been started",
}


def age_seconds(incident: Incident, now: datetime) -> float:
    """Return how long ago the incident was opened."""
    return (now - incident.opened.occurred_at).total_seconds()


def message(incident: Incident, finding: Finding) -> Message:
    """Return what a person is told."""
    lines: tuple[Words, ...] = (
        ("Alarm: ", Verbatim(incident.opened.alarm.name), ": ", incident.opened.alarm.reason),
        ("Opened: ", instant(incident.opened.occurred_at)),
        ("Finding: ", _WHAT[finding], "."),
        (_next(incident),),
        ("Incident: ", Verbatim(incident.incident_id)),
    )
    about = ("Quorum needs you: ", Verbatim(incident.opened.alarm.name), ", ", _WHAT[finding])
    body = "".join(f"<li>{html(line)}</li>" for line in lines)
    return Message(
        incident_id=incident.incident_id,
        kind="escalated",
        subject=plain(about)[:150],
        text="\n".join(plain(line) for line in lines),
        html=f"<h2>{escape(_WHAT[finding])}</h2><ul>{body}</ul>",
        recorded=False,
    )


def _next(incident: Incident) -> str:
    if incident.is_closed:
        return "Quorum does nothing more here: take over by hand."
    return "Quorum goes on trying; do not wait for it."
