"""Messages about Quorum itself: watchdog alerts, an inconsistent or tampered log, lost records."""

from collections.abc import Mapping
from typing import Final

from quorum.domain.events import MessageKind
from quorum.domain.evidence import Alarm
from quorum.domain.notices import PendingMessage
from quorum.messaging.content.incident_context import IncidentContext
from quorum.messaging.content.rendering import MessageDraft, Section
from quorum.narrative import FINDINGS, Verbatim, Words, fired, outsider

_KINDS: Final[Mapping[MessageKind, str]] = {
    "opened": "incident opened",
    "decision": "decision made",
    "approval_wanted": "approval requested",
    "answered": "approval request answered",
    "resolved": "incident resolved",
    "dismissed": "incident dismissed",
    "escalated": "incident escalated to a person",
}


def watchdog_alert(notice: PendingMessage, context: IncidentContext) -> MessageDraft:
    """Return the watchdog's finding, and whether Quorum is still working on the incident."""
    finding = FINDINGS[notice.about]
    working = notice.about in {"undecided", "execution_missing"}
    todo = (
        "Quorum is still working on it, but do not wait: take over."
        if working
        else "Quorum does nothing more in this incident: take over."
    )
    return _alert(context, finding, [(f"Problem: {finding}.",), (todo,)])


def former_finding(context: IncidentContext) -> MessageDraft:
    """Return an alert that an older version queued without saying which finding it was."""
    finding = "an earlier version of Quorum reported a problem"
    todo = "Check the incident: it may not continue by itself."
    return _alert(context, finding, [(f"Problem: {finding}; its kind was not kept.",), (todo,)])


def inconsistent_log(notice: PendingMessage, context: IncidentContext) -> MessageDraft:
    """Return that the log contradicts itself, with the message's kind and no logged text."""
    lines: list[Words] = [
        (f"Reported to Quorum's messaging: {_KINDS[notice.kind]}.",),
        ("The incident's event log contradicts itself, so none of its content is shown.",),
        ("No part of Quorum may change an event. Check the table's audit trail (CloudTrail).",),
    ]
    return _alert(context, "its event log is inconsistent", lines)


def unread_records(notice: PendingMessage) -> MessageDraft:
    """Return the pending message's ids, for records that cannot be read."""
    kind = _KINDS[notice.kind]
    lines: list[Words] = [
        (f"{kind[0].upper()}{kind[1:]}.",),
        ("Quorum cannot read the incident's records right now, so no details are shown.",),
    ]
    return MessageDraft(
        ("[Quorum] Incident ", Verbatim(notice.incident_id), f": {kind}"),
        (Section("Summary", lines),),
    )


def tampered(notice: PendingMessage) -> MessageDraft:
    """Return that an event was changed or removed, and its place in the log."""
    place = f"incident {notice.incident_id}, version {notice.version}"
    lines: list[Words] = [
        ("An event in Quorum's log was changed or removed: ", Verbatim(place), "."),
        ("No part of Quorum may do that. Check the table's audit trail (CloudTrail).",),
        ("Do not trust later events of this incident.",),
    ]
    return MessageDraft(
        (f"[Quorum] Event log tampered with: {place}",), (Section("Summary", lines),)
    )


def _alert(context: IncidentContext, finding: str, lines: list[Words]) -> MessageDraft:
    alarm = context.alarm
    name: Words = (outsider(alarm.name),) if alarm else ("an incident",)
    return MessageDraft(
        ("[Quorum] Needs attention: ", *name, f": {finding}"),
        (
            Section("Summary", [*(_happened(alarm) if alarm else []), *lines]),
            Section("Incident", [(Verbatim(context.incident_id),)]),
        ),
    )


def _happened(alarm: Alarm) -> list[Words]:
    return [("What happened: ", *fired(alarm))]
