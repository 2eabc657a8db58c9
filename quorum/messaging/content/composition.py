"""Composition of one message from a pending message and the incident's records."""

from quorum.domain.messages import Message
from quorum.domain.notices import FINDINGS, PendingMessage
from quorum.messaging.content.attachments import links, questions
from quorum.messaging.content.incident_context import IncidentContext
from quorum.messaging.content.incident_messages import draft
from quorum.messaging.content.rendering import MessageDraft, message
from quorum.messaging.content.site import Site
from quorum.messaging.content.system_messages import (
    former_finding,
    inconsistent_log,
    tampered,
    unread_records,
    watchdog_alert,
)


def compose(notice: PendingMessage, context: IncidentContext, site: Site) -> Message:
    """Return the message of a corroborated pending message."""
    return message(
        notice,
        _draft(notice, context, site),
        questions=questions(notice, context),
        links=links(context, site),
    )


def bare(notice: PendingMessage) -> Message:
    """Return a message of the pending one's ids alone, for records that cannot be read."""
    return message(notice, unread_records(notice))


def _draft(notice: PendingMessage, context: IncidentContext, site: Site) -> MessageDraft:
    if notice.about == "state":
        return draft(notice.kind, context, site)
    if notice.about == "tampered":
        return tampered(notice)
    if notice.about == "broken":
        return inconsistent_log(notice, context)
    if notice.about in FINDINGS:
        return watchdog_alert(notice, context)
    return former_finding(context)
