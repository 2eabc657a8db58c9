"""A letter as text and as HTML. Everything goes through the renderers that make it inert."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from string import Template
from typing import Final

from quorum.domain.messages import Link, Message, Question
from quorum.domain.notices import Notice
from quorum.narrative import Words, html, mrkdwn, plain

SUBJECT_LENGTH: Final = 150
BLOCK_LENGTH: Final = 3_000
"""Characters that Slack takes in a block."""


MOST_LINES: Final = 200
"""Lines of one section: a log of thousands of facts is for the console, and not for a mail."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of ours and its lines."""

    title: str
    every: Sequence[Words]

    @property
    def lines(self) -> Sequence[Words]:
        """Return the lines that are shown: the first and the last of too many."""
        if len(self.every) <= MOST_LINES:
            return self.every
        half, left_out = MOST_LINES // 2, len(self.every) - MOST_LINES
        between: Words = (f"{left_out} more are left out here.",)
        return [*self.every[:half], between, *self.every[-half:]]


@dataclass(frozen=True, slots=True)
class Letter:
    """What people are told, before it is rendered."""

    subject: Words
    sections: Sequence[Section]


_PAGE: Final = Template(
    '<!doctype html><html lang="en"><body style="font-family:sans-serif;max-width:48em">'
    "$sections<p><small>Quorum, incident <code>$incident</code>. Keep your existing paging."
    "</small></p></body></html>"
)
_SECTION: Final = Template('<h2 style="font-size:1.1em">$title</h2><ul>$lines</ul>')
_TEXT_END: Final = Template("--\nQuorum, incident $incident. Keep your existing paging.\n")


def message(
    notice: Notice,
    letter: Letter,
    *,
    questions: tuple[Question, ...] = (),
    links: tuple[Link, ...] = (),
) -> Message:
    """Render the letter; the subject is one line without control characters."""
    subject, incident_id = plain(letter.subject), notice.incident_id
    return Message(
        incident_id=incident_id,
        kind=notice.kind,
        about=notice.about,
        subject=subject if len(subject) <= SUBJECT_LENGTH else f"{subject[: SUBJECT_LENGTH - 1]}…",
        text=_text(incident_id, letter),
        html=_html(incident_id, letter),
        mrkdwn=tuple(_blocks(letter)),
        questions=questions,
        links=links,
    )


def _blocks(letter: Letter) -> Iterator[str]:
    """Yield Slack's blocks: a section each, and another where it grows too long."""
    for section in letter.sections:
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


def _text(incident_id: str, letter: Letter) -> str:
    sections = (
        "\n".join([section.title, *(f"- {plain(line)}" for line in section.lines)])
        for section in letter.sections
        if section.lines
    )
    return "\n\n".join([*sections, _TEXT_END.substitute(incident=incident_id)])


def _html(incident_id: str, letter: Letter) -> str:
    sections = (
        _SECTION.substitute(
            title=escape(section.title),
            lines="".join(f"<li>{html(line)}</li>" for line in section.lines),
        )
        for section in letter.sections
        if section.lines
    )
    return _PAGE.substitute(sections="".join(sections), incident=escape(incident_id))
