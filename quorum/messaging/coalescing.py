"""Coalescing of several messages into one, with each incident's latest state."""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from typing import Final

from quorum.domain.messages import Message
from quorum.domain.notification_routes import NEEDS_A_PERSON, RANK

BLOCK_LENGTH: Final = 2_900
"""Slack's maximum is 3,000 characters in a block."""
MOST_LINKS: Final = 20
_STATES: Final = {
    "opened": "opened",
    "decision": "decided",
    "approval_wanted": "awaiting approval",
    "answered": "answered",
    "resolved": "resolved",
    "dismissed": "dismissed",
    "escalated": "escalated",
}


def latest(messages: Iterable[Message]) -> list[Message]:
    """Return each incident's latest state message, in order of appearance, and all others.

    A message about Quorum itself (of the watchdog, the publisher) is superseded by an equal one
    alone.
    """
    newest: dict[tuple[str, str], Message] = {}
    for message in messages:
        other = "" if message.about == "state" else f"{message.about} {message.kind}"
        key = (message.incident_id, other)
        before = newest.get(key)
        if before is None or RANK[message.kind] >= RANK[before.kind]:
            newest[key] = message
    return list(newest.values())


def coalesced(messages: Sequence[Message]) -> Message:
    """Return one message with the content of all; a single one is returned unchanged.

    Messages that need a person come first. Raises ValueError for an empty sequence.
    """
    if not messages:
        raise ValueError("no message")
    if len(messages) == 1:
        return messages[0]
    order = sorted(messages, key=lambda m: (m.kind not in NEEDS_A_PERSON, -RANK[m.kind]))
    lines = [f"{one.subject} (incident {one.incident_id})" for one in order]
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    details = "\n\n".join(one.text for one in order)
    page = f"<ul>{items}</ul><pre>{escape(details)}</pre>"
    return Message(
        incident_id=order[0].incident_id,
        kind=order[0].kind,
        subject=_subject(order),
        text="\n".join(f"- {line}" for line in lines) + f"\n\n{details}",
        html=f"<!doctype html><html><body>{page}</body></html>",
        mrkdwn=_blocks(f"• {_slack(line)}" for line in lines),
        questions=tuple(question for one in order for question in one.questions),
        links=tuple(link for one in order for link in one.links[:1])[:MOST_LINKS],
        incidents=tuple(dict.fromkeys(one.incident_id for one in order)),
    )


def _subject(order: Sequence[Message]) -> str:
    counts = ", ".join(
        f"{len(list(group))} {_STATES[kind]}" for kind, group in groupby(order, lambda m: m.kind)
    )
    return f"[Quorum] {len(order)} updates: {counts}"


def _blocks(lines: Iterable[str]) -> tuple[str, ...]:
    blocks = [""]
    for line in lines:
        joined = f"{blocks[-1]}\n{line}".strip()
        if len(joined) <= BLOCK_LENGTH:
            blocks[-1] = joined
        else:
            blocks.append(line[:BLOCK_LENGTH])
    return tuple(blocks)


def _slack(text: str) -> str:
    return escape(text, quote=False)
