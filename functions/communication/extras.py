"""What goes with a message: what it asks, so that buttons can be shown, and where to look on."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from functions.shared.domain.events import IncidentEvent, MessageKind
from functions.shared.domain.incident import Incident, replay
from functions.shared.narrative import action, actions, plain
from functions.shared.ports import Link, Question

_ALARMS: Final = "https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}"


def questions(kind: MessageKind, history: Sequence[IncidentEvent]) -> tuple[Question, ...]:
    """Return what the message asks a person."""
    asked = replay(history).approval
    if kind != "approval_wanted" or asked is None:
        return ()
    about = plain(("Approve? ", *action(asked.action, actions(history))))
    return (Question(incident_id=asked.incident_id, approval_id=asked.approval_id, about=about),)


def links(history: Sequence[IncidentEvent], console_url: str) -> tuple[Link, ...]:
    """Return the incident in Quorum's own console, if there is one, and its alarm in AWS's."""
    incident = replay(history)
    return (*_console(incident, console_url), _alarm(incident))


def _console(incident: Incident, url: str) -> tuple[Link, ...]:
    if not url:
        return ()
    return (Link(text="Incident", href=f"{url.rstrip('/')}/incidents/{incident.incident_id}"),)


def _alarm(incident: Incident) -> Link:
    """An alarm's name is an outsider's text: in an address it is quoted, every character of it."""
    alarm = incident.opened.alarm
    home = _ALARMS.format(region=quote(alarm.region, safe=""))
    return Link(text="Alarm", href=f"{home}#alarmsV2:alarm/{quote(alarm.name, safe='')}")
