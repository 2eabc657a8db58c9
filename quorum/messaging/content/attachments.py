"""The buttons and links of a message."""

from typing import Final
from urllib.parse import quote

from quorum.domain.evidence import Alarm
from quorum.domain.messages import DecisionRequest, Link
from quorum.domain.notices import PendingMessage
from quorum.messaging.content.incident_context import IncidentContext
from quorum.messaging.content.site import Site
from quorum.narrative import action, actions, plain

_ALARMS: Final = "https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}"


def questions(notice: PendingMessage, context: IncidentContext) -> tuple[DecisionRequest, ...]:
    """Return the approval request with the very action that its record names.

    Nothing, so no buttons, for an action whose id does not match its parameters.
    """
    approval, known = context.approval, actions(context.events)
    if (notice.about, notice.kind) != ("state", "approval_wanted") or approval is None:
        return ()
    if approval.action not in known:
        return ()
    about = plain(("Approve? ", *action(approval.action, known)))
    return (
        DecisionRequest(
            incident_id=approval.incident_id, approval_id=approval.approval_id, about=about
        ),
    )


def links(context: IncidentContext, site: Site) -> tuple[Link, ...]:
    """Return the incident's page in Quorum's console, and on AWS the alarm's in CloudWatch."""
    url, alarm = site.incident_url(context.incident_id), context.alarm
    console = (Link(text="Incident", href=url),) if url else ()
    return (*console, *((_alarm(alarm),) if alarm and not site.laptop else ()))


def _alarm(alarm: Alarm) -> Link:
    """Return the alarm's link; its name is an outsider's text, so every character is quoted."""
    home = _ALARMS.format(region=quote(alarm.region, safe=""))
    return Link(text="Alarm", href=f"{home}#alarmsV2:alarm/{quote(alarm.name, safe='')}")
