"""Stack traces of Python, Node.js, Java, Go, .NET and Ruby: the exception, its cause, the frame.

A trace is read line by line, once. Of each exception of a chain the frame that is kept is the
innermost one in the user's own code, or else the innermost one.
"""

import re
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from functions.evidence.exception_lines import (
    CAUSED_BY,
    CHAINED,
    EXCEPTION,
    TRACEBACK,
    exception_in,
    first_words,
    raised,
    short_name,
    thrown,
)
from functions.evidence.stack_frames import Frame, Location, read_frame

MOST_LINE: Final = 1000
"""Characters of a line of a trace that are read."""
MOST_LINES: Final = 400
"""Lines of a trace that are read: half of them from its start, half from its end."""
MOST_ABOVE: Final = 20
"""Lines above the first frame among which the exception is looked for."""
_GOROUTINE: Final = re.compile(r"^goroutine \d{1,9} \[")
_GROUP: Final = re.compile(r"^(?:Base)?ExceptionGroup\b")
_BOX: Final = re.compile(r"^ {0,40}\| ")
"""Prefix of the lines of a Python exception group."""


class StackTrace(NamedTuple):
    """An exception as it was logged."""

    exception: str
    """Type and message; empty where the trace is cut off."""
    cause: str = ""
    """Type and message of the first exception of the chain, where that is another one."""
    location: Location | None = None
    message: str = ""
    """The words that it was logged with."""


@dataclass(slots=True)
class ChainedException:
    """One exception of a chain."""

    exception: str = ""
    frames: deque[Frame] = field(default_factory=deque)
    """Innermost first."""


def read_trace(text: str) -> StackTrace | None:
    """Return the stack trace in the lines of a text, or None where there is no frame."""
    lines = [line[:MOST_LINE].rstrip() for line in _both_ends(text.splitlines())]
    links = _python(lines) if TRACEBACK in text or '  File "' in text else _others(lines)
    if not any(link.frames for link in links):
        return None
    return summarized(links, _message(lines))


def summarized(links: Sequence[ChainedException], message: str = "") -> StackTrace:
    """Return the chain as one trace. `links`: from the first cause to the exception at last."""
    named = [link.exception for link in links if link.exception]
    frames = [frame for link in links for frame in link.frames]
    frame = next((one for one in frames if one.own), next(iter(frames), None))
    exception, cause = (named[-1], named[0]) if named else ("", "")
    return StackTrace(
        exception=exception or message,
        cause="" if cause in exception else cause,
        location=frame.location() if frame else None,
        message=message if exception and not repeats(exception, message) else "",
    )


def repeats(exception: str, message: str) -> bool:
    """Return whether the exception has every word of the message: Lambda writes some twice."""
    return {_bare(word) for word in message.split()} <= {_bare(word) for word in exception.split()}


def _bare(word: str) -> str:
    return word.strip(":").rpartition(".")[2]


def _both_ends(lines: list[str]) -> list[str]:
    half = MOST_LINES // 2
    return lines if len(lines) <= MOST_LINES else [*lines[:half], *lines[-half:]]


def _message(lines: Sequence[str]) -> str:
    first = first_words(lines)
    return "" if read_frame(first, "") else first


def _python(lines: Iterable[str]) -> list[ChainedException]:
    """Read chains whose first cause comes first, each exception after its frames. Lambda's runtime
    puts the exception before them, in the line above.
    """
    links: list[ChainedException] = []
    before, inside = "", False
    for raw in lines:
        line = _BOX.sub("", raw)
        if TRACEBACK in line:
            inside = True
            links.append(ChainedException(exception_in(before)))
        elif frame := read_frame(line, ""):
            inside = True
            links = links or [ChainedException()]
            links[-1].frames.appendleft(frame)
        elif inside and line and not line[0].isspace() and EXCEPTION.match(line):
            inside = False
            links[-1].exception = short_name(line)
        before = line if line.strip() and not CHAINED.match(line) else before
    return _without_groups(links)


def _without_groups(links: list[ChainedException]) -> list[ChainedException]:
    """Return the first exception in a group instead of the group."""
    if not any(_GROUP.match(link.exception) for link in links):
        return links
    return [link for link in links if not _GROUP.match(link.exception)][:1] or links


def _others(lines: Iterable[str]) -> list[ChainedException]:
    """Read chains whose first cause comes last, each exception before its frames."""
    links, above = [ChainedException()], deque[str](maxlen=MOST_ABOVE)
    for line in lines:
        caused = CAUSED_BY.match(line)
        if caused:
            links[-1].exception = links[-1].exception or thrown(above)
            links.append(ChainedException(short_name(line[caused.end() :])))
        elif _GOROUTINE.match(line) and links[-1].frames:
            break  # another thread
        elif frame := read_frame(line, above[-1] if above else ""):
            links[-1].exception = links[-1].exception or raised(line) or thrown(above)
            links[-1].frames.append(frame)
        elif line.strip():
            above.append(line)
    return links[::-1]
