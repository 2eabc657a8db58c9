"""The words of log events and of stack traces as they are shown: without secrets, and short."""

from typing import Final

from functions.evidence.stack_traces import StackTrace, repeats
from quorum.domain.redaction import redact_start

MOST_TEXT: Final = 500
"""Characters of a log event's words: long lines must not take the time that others need."""
MOST_TRACE: Final = 200
"""Characters of a stack trace's words: with its location it is shown whole, in 300."""
MOST_ASIDE: Final = 80
"""Characters of a cause, and of the message that an exception was logged with."""


def shown(text: str) -> str:
    """Return the first characters without secrets; of a secret at their end nothing is left."""
    return _start(text)[:MOST_TEXT]


def worded(trace: StackTrace) -> str:
    """Return the exception with its cause and the message that it was logged with.

    Each is shortened in the middle, as names often stand at the end.
    """
    exception, cause = _start(trace.exception) or "unknown exception", _start(trace.cause)
    message = "" if repeats(exception, trace.message) else _clip(_start(trace.message), MOST_ASIDE)
    cause = _clip(cause, MOST_ASIDE)
    exception = _clip(exception, MOST_TRACE - len(message) - len(cause))
    caused = f"{exception}, caused by {cause}" if cause else exception
    return f"{message} | {caused}" if message else caused


def _start(text: str) -> str:
    return redact_start(text, 2 * MOST_TEXT)


def _clip(text: str, most: int) -> str:
    """Return the text, or about two thirds from its start and the rest from its end."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    head, tail = text[: most * 2 // 3], text[3 - most // 3 :]
    return f"{head.rpartition(' ')[0] or head} … {tail.partition(' ')[2] or tail}"
