"""One message out of a notice and what is known of its incident."""

from quorum.domain.messages import Message
from quorum.domain.notices import FINDINGS, Notice
from quorum.messaging.content.attachments import links, questions
from quorum.messaging.content.incident_context import Case
from quorum.messaging.content.incident_messages import letter
from quorum.messaging.content.rendering import Letter, message
from quorum.messaging.content.system_messages import bare_letter, bark, before, broken, tampered


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
