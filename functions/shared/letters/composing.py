"""One message out of a notice and what is known of its incident."""

from functions.shared.domain.notices import FINDINGS, Notice
from functions.shared.letters.beside import bare_letter, bark, before, broken, tampered
from functions.shared.letters.case import Case
from functions.shared.letters.extras import links, questions
from functions.shared.letters.rendering import Letter, message
from functions.shared.letters.states import letter
from functions.shared.ports import Message


def compose(notice: Notice, case: Case, console_url: str = "") -> Message:
    """Return what people are told of a notice that the records bear out."""
    return message(
        notice,
        _letter(notice, case),
        questions=questions(notice, case),
        links=links(case, console_url),
    )


def bare(notice: Notice) -> Message:
    """Return a message without any words of the log's, for when nothing can be read."""
    return message(notice, bare_letter(notice))


def _letter(notice: Notice, case: Case) -> Letter:
    if notice.about == "state":
        return letter(notice.kind, case)
    if notice.about == "tampered":
        return tampered(notice)
    if notice.about == "broken":
        return broken(notice, case)
    return bark(notice, case) if notice.about in FINDINGS else before(case)
