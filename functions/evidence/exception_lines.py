"""Lines of stack traces that are no frames: the exception, and what leads from one to the next.

All of it is outsiders' text; the patterns are anchored, and their repetitions bounded.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

TRACEBACK: Final = "Traceback (most recent call last)"
CHAINED: Final = re.compile(
    r"^(?:The above exception was the direct cause|During handling of the above exception)\b"
)
CAUSED_BY: Final = re.compile(r"^\s{0,80}(?:Caused by: |---> |\[cause\]: )")
EXCEPTION: Final = re.compile(
    r"^(?!(?:DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL|CRITICAL)\b)"
    r"(?:[A-Za-z_][\w$]{0,80}(?:\.|::)){0,12}([A-Za-z_][\w$]{1,80})"
    r"(?: \((?:0x)?[0-9A-F]{1,9}\)| \[[A-Z_]{1,40}\])?(?::(?=\s|$)|$)"
)
"""A type, perhaps with its package and a code, and what ends it: `a.b.KeyError:`."""
_THROWN: Final = re.compile(
    r"^(?:panic: |fatal error: |[\w$]{0,80}(?:Error|Exception|Fault|Failure)(?:$|[: ]))"
)
_LEVEL: Final = (
    r"\[?(?:ERROR|CRITICAL|FATAL|WARN(?:ING)?|INFO|DEBUG)\]?(?=[\s:])(?::[\w.]{1,60}:|:)?"
)
_PREFIX: Final = re.compile(
    r"^(?:\s|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.,:+Z-]{0,12}(?=\s)"
    rf"|[0-9a-f]{{8}}(?:-[0-9a-f]{{4,12}}){{4}}(?=\s)|{_LEVEL}"
    r"|Exception in thread \"[^\"]{1,80}\"|Unhandled exception\.|Uncaught(?= )){1,40}+"
)
"""Time, request id and level before a message."""
_PLACE: Final = re.compile(r"^\S{1,400}:\d{1,7}$")
"""The line that Node.js prints above the code that it could not run."""


def short_name(line: str) -> str:
    """Return the line of an exception without the type's package: `KeyError: 'price'`."""
    match = EXCEPTION.match(line)
    return line[match.start(1) :] if match else line


def without_prefix(line: str) -> str:
    """Return a line without time, request id and level, and an exception without its package."""
    return short_name(_PREFIX.sub("", line).strip())


def exception_in(line: str) -> str:
    """Return the exception with its message that the line is, or nothing."""
    found = without_prefix(line)
    return found if EXCEPTION.match(found) and ":" in found else ""


def thrown(above: Sequence[str]) -> str:
    """Return the last of the lines above a frame that begins with the type of an exception, or else
    the last one.
    """
    lines = [without_prefix(line) for line in reversed(above)]
    return next((line for line in lines if _THROWN.match(line)), lines[0] if lines else "")


def raised(line: str) -> str:
    """Return the exception in a first line of Ruby's: `a.rb:1:in 'total': message (TypeError)`."""
    message, _, name = line.partition("': ")[2].rpartition(" (")
    return f"{name[:-1]}: {message}" if message and name.endswith(")") else ""


def first_words(lines: Iterable[str]) -> str:
    """Return the first line with words, without its prefix; empty when it is part of the trace."""
    line = next((line for line in lines if line.strip()), " ")
    part_of_trace = line[0].isspace() or TRACEBACK in line or _PLACE.match(line)
    return "" if part_of_trace else without_prefix(line)
