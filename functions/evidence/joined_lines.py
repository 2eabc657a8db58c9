"""Join the lines of stack traces that came as log events of their own, as ECS and Docker send them.

A line joins the one before it in its stream when it came within a second of it, and goes on with
the trace that is open there. Each line is looked at once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from functions.evidence.exception_lines import CAUSED_BY, CHAINED, EXCEPTION, TRACEBACK
from quorum.ports.telemetry import LogLine

MOMENT_SECONDS: Final = 1.0
MOST_LINE: Final = 1000
"""Characters that are kept of a line that joins another."""

State = Literal["line", "error", "code", "traceback", "thrown", "frames", "panic", "whole"]
"""Of an event so far: any line; one that reports an error; code of a trace without its start; a
traceback of Python; one with the exception that ends it; other frames; a panic of Go; complete."""
_BLANK: Final = re.compile(r"^\s*$")
_INDENTED: Final = re.compile(r"^\s+\S")
_TRACEBACK: Final = re.compile(rf"^.{{0,200}}{re.escape(TRACEBACK)}")
_MARKER: Final = re.compile(r"^[\s^~]+$")
_FILE: Final = re.compile(r"^\s{1,80}File \"")
_FRAME: Final = re.compile(r"^\s{1,80}(?:at |from )\S")
_AFTER_FRAMES: Final = re.compile(r"^[}\]]|^Node\.js v\d")
_PANIC: Final = re.compile(r"^(?:panic|fatal error): |^goroutine \d{1,9} \[")
_IN_PANIC: Final = re.compile(
    r"^(?:goroutine \d{1,9} \[|\[signal |created by |exit status \d|panic: )"
    r"|^[\w./*()\[\]-]{1,200}\("
)
_SCRIPT: Final = re.compile(r"^\S{1,400}\.[cm]?[jt]s:\d{1,7}$")
"""Node.js shows the code before the exception."""
_ERROR: Final = re.compile(r"ERROR|CRITICAL|FATAL|Error\b|Exception\b|exception")
_NEXT: Final[dict[State, tuple[tuple[re.Pattern[str], State], ...]]] = {
    "line": ((_FRAME, "frames"),),
    "error": ((_FRAME, "frames"), (CAUSED_BY, "frames"), (_TRACEBACK, "traceback")),
    "code": ((_MARKER, "code"), (_FILE, "traceback"), (_FRAME, "frames")),
    "traceback": (
        *((pattern, "traceback") for pattern in (_INDENTED, _BLANK, _TRACEBACK, CHAINED)),
        (EXCEPTION, "thrown"),
    ),
    "thrown": ((_BLANK, "thrown"), (CHAINED, "traceback"), (_FRAME, "frames")),
    "frames": tuple(
        (pattern, "frames") for pattern in (_INDENTED, _BLANK, CAUSED_BY, _AFTER_FRAMES)
    ),
    "panic": ((_INDENTED, "panic"), (_BLANK, "panic"), (_IN_PANIC, "panic")),
    "whole": (),
}
"""Lines that go on with an event, and its state after them."""


@dataclass(slots=True)
class _Event:
    """Lines that belong together."""

    head: LogLine
    state: State
    last: float
    lines: list[str] = field(default_factory=list)

    def joined(self) -> LogLine:
        """Return the event as one line, at the time of its first."""
        return self.head._replace(message="\n".join(self.lines)) if self.lines else self.head


def join_lines(lines: Sequence[LogLine]) -> list[LogLine]:
    """Return the log events, oldest first. Lines of one stream and time are in the order given."""
    found: list[LogLine] = []
    streams: dict[str, _Event] = {}
    for line in sorted(lines, key=lambda one: one.at):
        event = streams.get(line.stream)
        state = _goes_on(event, line) if event else None
        if event and state:
            event.lines = event.lines or [event.head.message]
            event.lines.append(line.message[:MOST_LINE])
            event.state, event.last = state, line.at
            continue
        if event:
            found.append(event.joined())
        streams[line.stream] = _Event(line, _begins(line.message), line.at)
    return sorted([*found, *(event.joined() for event in streams.values())])


def _begins(message: str) -> State:
    text = message.rstrip("\r\n")
    if text.startswith("{") or "\n" in text or "\r" in text:
        return "whole"
    if TRACEBACK in text or _SCRIPT.match(text) or _FILE.match(text):
        return "traceback"
    if _PANIC.match(text):
        return "panic"
    return "code" if _INDENTED.match(text) else "error" if _ERROR.search(text) else "line"


def _goes_on(event: _Event, line: LogLine) -> State | None:
    """Return the event's state after the line, or None where the line begins another event."""
    if not line.at - event.last <= MOMENT_SECONDS:
        return None
    text = line.message[:MOST_LINE].rstrip("\r\n")
    return next((state for pattern, state in _NEXT[event.state] if pattern.match(text)), None)
