"""Rendering of a message draft as text, HTML and Slack blocks, by renderers that make it inert."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from string import Template
from typing import Final

from quorum.domain.messages import DecisionRequest, Link, Message
from quorum.domain.notices import PendingMessage
from quorum.narrative import Words, html, mrkdwn, plain

SUBJECT_LENGTH: Final = 150
BLOCK_LENGTH: Final = 3_000
"""Slack's maximum of characters in a block."""
MOST_LINES: Final = 40
"""Lines of one section; the console has the whole log."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of Quorum's own and its lines."""

    title: str
    every: Sequence[Words]

    @property
    def lines(self) -> Sequence[Words]:
        """Return the lines to show: the first and the last ones of too many."""
        if len(self.every) <= MOST_LINES:
            return self.every
        half, left_out = MOST_LINES // 2, len(self.every) - MOST_LINES
        between: Words = (f"… {left_out} more lines omitted …",)
        return [*self.every[:half], between, *self.every[-half:]]


@dataclass(frozen=True, slots=True)
class MessageDraft:
    """A message before it is rendered."""

    subject: Words
    sections: Sequence[Section]


_PAGE: Final = Template(
    '<!doctype html><html lang="en"><body style="font-family:sans-serif;max-width:48em">'
    "$sections<p>$links</p><p><small>Quorum, incident <code>$incident</code></small></p>"
    "</body></html>"
)
_SECTION: Final = Template('<h2 style="font-size:1.1em">$title</h2><ul>$lines</ul>')
_LINK: Final = Template('<a href="$href">$text</a>')


def message(
    notice: PendingMessage,
    draft: MessageDraft,
    *,
    questions: tuple[DecisionRequest, ...] = (),
    links: tuple[Link, ...] = (),
) -> Message:
    """Render the draft; the subject is one line without control characters."""
    subject, incident_id = plain(draft.subject), notice.incident_id
    return Message(
        incident_id=incident_id,
        kind=notice.kind,
        about=notice.about,
        subject=subject if len(subject) <= SUBJECT_LENGTH else f"{subject[: SUBJECT_LENGTH - 1]}…",
        text=_text(incident_id, draft, links),
        html=_html(incident_id, draft, links),
        mrkdwn=tuple(_blocks(draft)),
        questions=questions,
        links=links,
    )


def _blocks(draft: MessageDraft) -> Iterator[str]:
    """Yield Slack's blocks: one per section, and another where a section grows too long."""
    for section in draft.sections:
        block = f"*{escape(section.title, quote=False)}*"
        for line in section.lines if section.lines else ():
            shown = f"• {mrkdwn(line)}"[:BLOCK_LENGTH]
            if len(block) + 1 + len(shown) > BLOCK_LENGTH:
                yield block
                block = shown
            else:
                block = f"{block}\n{shown}"
        if section.lines:
            yield block


def _text(incident_id: str, draft: MessageDraft, links: Sequence[Link]) -> str:
    sections = (
        "\n".join([section.title, *(f"- {plain(line)}" for line in section.lines)])
        for section in draft.sections
        if section.lines
    )
    end = [f"{link.text}: {link.href}" for link in links]
    return "\n\n".join([*sections, "\n".join(["--", *end, f"Quorum, incident {incident_id}", ""])])


def _html(incident_id: str, draft: MessageDraft, links: Sequence[Link]) -> str:
    sections = (
        _SECTION.substitute(
            title=escape(section.title),
            lines="".join(f"<li>{html(line)}</li>" for line in section.lines),
        )
        for section in draft.sections
        if section.lines
    )
    shown = (_LINK.substitute(href=escape(one.href), text=escape(one.text)) for one in links)
    return _PAGE.substitute(
        sections="".join(sections), links=" · ".join(shown), incident=escape(incident_id)
    )
