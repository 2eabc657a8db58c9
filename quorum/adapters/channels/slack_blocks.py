"""A message as Slack's Block Kit. Outsiders' text is escaped, so that `<!channel>` is text."""

from collections.abc import Iterator
from html import escape
from typing import Any, Final

from quorum.domain.messages import DecisionRequest, Link, Message

Block = dict[str, Any]
HEADER_LENGTH: Final = 150
TEXT_LENGTH: Final = 3_000
MOST_BLOCKS: Final = 50
MOST_QUESTIONS: Final = 12
"""Two blocks each; further approval requests are in their incidents' own messages."""
_BUTTONS: Final = (
    ("approve", "Approve", "primary"),
    ("deny", "Deny", "danger"),
    ("take_over", "Take over", None),
)


def blocks(message: Message) -> list[Block]:
    """Return at most fifty blocks; approval requests are never cut off."""
    asked = [b for question in message.questions[:MOST_QUESTIONS] for b in _question(question)]
    links = [_links(message.links)] if message.links else []
    room = MOST_BLOCKS - 1 - len(asked) - len(links)
    return [_header(message), *list(_sections(message))[:room], *asked, *links]


def fallback(message: Message) -> str:
    """Return the one line of a push notification."""
    return _text(message.subject)


def _header(message: Message) -> Block:
    text = {"type": "plain_text", "text": message.subject[:HEADER_LENGTH], "emoji": False}
    return {"type": "header", "text": text}


def _sections(message: Message) -> Iterator[Block]:
    for text in message.mrkdwn or (_text(message.text)[:TEXT_LENGTH],):
        yield {"type": "section", "text": {"type": "mrkdwn", "text": inert(text), "verbatim": True}}


def inert(markup: str) -> str:
    """Return the markup without control sequences: mentions, links and dates begin with `<`.

    The composition has escaped them already; here unescaped ones are escaped too. Bold, code and
    lists use other characters.
    """
    return markup.replace("<", "&lt;").replace(">", "&gt;")


def _question(question: DecisionRequest) -> Iterator[Block]:
    """Yield the approval request and its buttons, which carry its opaque id and the incident's."""
    about = _text(question.about)[:TEXT_LENGTH]
    yield {"type": "section", "text": {"type": "mrkdwn", "text": about, "verbatim": True}}
    yield {
        "type": "actions",
        "block_id": f"{question.incident_id}:{question.approval_id}",
        "elements": [
            _button(action, label, style, question.approval_id) for action, label, style in _BUTTONS
        ],
    }


def _button(action: str, label: str, style: str | None, approval_id: str) -> Block:
    button: Block = {
        "type": "button",
        "action_id": action,
        "text": {"type": "plain_text", "text": label},
        "value": approval_id,
    }
    return {**button, "style": style} if style else button


def _links(links: tuple[Link, ...]) -> Block:
    texts = (f"<{_text(link.href)}|{_text(link.text)}>" for link in links)
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": " · ".join(texts)[:TEXT_LENGTH]}],
    }


def _text(text: str) -> str:
    """Escape the three characters that Slack's markup is made of."""
    return escape(text, quote=False)
