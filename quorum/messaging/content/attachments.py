"""What goes with a message: what it asks, so that buttons can be shown, and where to look on."""

from typing import Final
from urllib.parse import quote

from quorum.domain.evidence import Alarm
from quorum.domain.messages import Link, Question
from quorum.domain.notices import Notice
from quorum.messaging.content.incident_context import Case
from quorum.narrative import action, actions, plain

_ALARMS: Final = "https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}"


def questions(notice: Notice, case: Case) -> tuple[Question, ...]:
    """Return what the message asks a person: the very action that the question's id stands for.

    An action that its own id does not name is nothing to approve: then there are no buttons.
    """
    asked, known = case.question, actions(case.facts)
    if (notice.about, notice.kind) != ("state", "approval_wanted") or asked is None:
        return ()
    if asked.action not in known:
        return ()
    about = plain(("Approve? ", *action(asked.action, known)))
    return (Question(incident_id=asked.incident_id, approval_id=asked.approval_id, about=about),)


def links(case: Case, console_url: str) -> tuple[Link, ...]:
    """Return the incident in Quorum's own console, if there is one, and its alarm in AWS's."""
    return (*_console(case, console_url), *((_alarm(case.alarm),) if case.alarm else ()))


def _console(case: Case, url: str) -> tuple[Link, ...]:
    if not url:
        return ()
    return (Link(text="Incident", href=f"{url.rstrip('/')}/incidents/{case.incident_id}"),)


def _alarm(alarm: Alarm) -> Link:
    """An alarm's name is an outsider's text: in an address it is quoted, every character of it."""
    home = _ALARMS.format(region=quote(alarm.region, safe=""))
    return Link(text="Alarm", href=f"{home}#alarmsV2:alarm/{quote(alarm.name, safe='')}")
