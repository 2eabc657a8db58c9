"""The level and the words of a log event, and the version that wrote it. All of it is outsiders'
text.

Secrets of the usual shapes are gone from the words. A stack trace is one event: its exception, and
the place in the user's own code.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from functions.evidence.exception_lines import TRACEBACK
from functions.evidence.logged_errors import STACKS, error_of
from functions.evidence.stack_frames import Location
from functions.evidence.stack_traces import read_trace
from functions.evidence.trace_text import shown, worded
from quorum.domain.errors import InvalidInputError
from quorum.domain.untrusted_json import read_json

Level = Literal["error", "warning", "info"]

MOST_CHARACTERS: Final = 8192
_LEVEL_KEYS: Final = ("level", "log_level", "severity", "levelname", "log.level")
_TEXT_KEYS: Final = ("message", "msg", "errorMessage", "error")
_ERROR: Final = re.compile(
    r"\b(?:ERROR|CRITICAL|FATAL|Traceback|Exception|Task timed out)\b|Error\b|Exception\b"
)
_WARNING: Final = re.compile(r"\bWARN(?:ING)?\b")
_LEVEL: Final = re.compile(r"error|critical|fatal|warn", re.IGNORECASE)
_PLATFORM: Final = re.compile(r"(?:START|END|REPORT|INIT_START|EXTENSION|LOGS)\b")
_FAILED: Final = re.compile(r"Status: (?:timeout|error)|Error Type")
_INVOKE_ERROR: Final = re.compile(r"^\S{1,40}\t\S{1,60}\tERROR\t[A-Z][A-Za-z ]{1,40}\t(?=\{)")
_VERSION: Final = re.compile(r"\[([0-9]{1,19})\]")


class LogEvent(NamedTuple):
    """A log event's level and text, and the place in code that an exception came from."""

    level: Level
    text: str
    location: Location | None = None


def read_event(message: str) -> LogEvent | None:
    """Return the level and the words of a log event.

    None for the platform's own lines that report no failure, and for lines of a trace that have no
    words. A JSON record gives its level, message and error; a text its stack trace, or else its
    first line.
    """
    line = message[:MOST_CHARACTERS].strip()
    record = _record(line)
    if record is not None:
        return _of_record(record)
    if not line or (_PLATFORM.match(line) and not _FAILED.search(line)):
        return None
    trace = read_trace(_both_ends(message)) if "\n" in line or "\r" in line else None
    if trace is not None:
        level: Level = "warning" if _text_level(line.splitlines()[0]) == "warning" else "error"
        return LogEvent(level, worded(trace), trace.location)
    first = next((one for one in line.splitlines() if _has_words(one)), None)
    return None if first is None else LogEvent(_text_level(line), shown(first))


def version_of(stream: str) -> str | None:
    """Return the version in a Lambda log stream's name (`2026/11/23/[7]0a1b…`), or None."""
    match = _VERSION.search(stream)
    return match.group(1) if match else None


def _record(line: str) -> Mapping[str, Any] | None:
    """Return the JSON record that the line is, or that Node.js on Lambda puts into its own line."""
    runtime = _INVOKE_ERROR.match(line)
    text = line[runtime.end() :] if runtime else line
    if not text.startswith("{"):
        return None
    try:
        found = read_json(text, MOST_CHARACTERS)
    except InvalidInputError:
        return None
    if not isinstance(found, dict):
        return None
    return {**found, "type": "", "level": "ERROR"} if runtime else found


def _of_record(fields: Mapping[str, Any]) -> LogEvent | None:
    if str(fields.get("type", "")).startswith("platform."):
        record = fields.get("record")
        status = str(record.get("status", "success")) if isinstance(record, dict) else "success"
        bad = status not in {"success", ""}
        return LogEvent("error", shown(f"{fields['type']}: {status}")) if bad else None
    words = _first(fields, (*_TEXT_KEYS, "event"), only=str)
    declared = _first(fields, _LEVEL_KEYS)
    trace = error_of(fields)
    if trace is not None:
        trace = trace._replace(message=trace.message or words)
    elif "\n" in words:
        trace = read_trace(words)
    if trace is not None:
        return LogEvent(_level(declared) if declared else "error", worded(trace), trace.location)
    parts = (_first(fields, _TEXT_KEYS) or words, _last_line(_first(fields, STACKS)))
    text = " | ".join(dict.fromkeys(part for part in parts if part))
    level = _level(declared) if declared else _text_level(text)
    return LogEvent(level, shown(text or json.dumps(sorted(fields))))


def _both_ends(message: str) -> str:
    """Return the message, or its first and last characters: Python names the exception last."""
    half = MOST_CHARACTERS // 2
    return message if len(message) <= MOST_CHARACTERS else f"{message[:half]}\n{message[-half:]}"


def _has_words(line: str) -> bool:
    return TRACEBACK not in line and any(c.isprintable() and c not in " ^~" for c in line)


def _first(fields: Mapping[str, Any], keys: tuple[str, ...], only: type = object) -> str:
    values = (fields[key] for key in keys if fields.get(key) and isinstance(fields[key], only))
    found = next(values, "")
    return "\n".join(map(str, found)) if isinstance(found, list) else str(found)


def _last_line(text: str) -> str:
    return next((one.strip() for one in text.splitlines()[::-1] if _has_words(one)), "")


def _level(declared: str) -> Level:
    match = _LEVEL.search(declared)
    if match is None:
        return "info"
    return "warning" if match.group().lower() == "warn" else "error"


def _text_level(text: str) -> Level:
    if _ERROR.search(text):
        return "error"
    return "warning" if _WARNING.search(text) else "info"
