"""What a log line says: how bad, in which words, by which version. All of it is outsiders' text.

Secrets of the usual shapes are gone from what it says.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from quorum.domain.errors import InvalidInputError
from quorum.domain.redaction import redact_start
from quorum.domain.untrusted_json import read_json

Level = Literal["error", "warning", "info"]

MOST_CHARACTERS: Final = 8192
MOST_TEXT: Final = 500
"""Of what a line says: whoever writes long lines must not buy time that others need."""
_LEVEL_KEYS: Final = ("level", "severity", "levelname", "log.level")
_TEXT_KEYS: Final = ("message", "msg", "errorMessage", "error")
_TRACE_KEYS: Final = ("exception", "stackTrace", "stack_trace", "stack", "traceback")
_ERROR: Final = re.compile(
    r"\b(?:ERROR|CRITICAL|FATAL|Traceback|Exception|Task timed out)\b|Error\b|Exception\b"
)
_WARNING: Final = re.compile(r"\bWARN(?:ING)?\b")
_LEVEL: Final = re.compile(r"error|critical|fatal|warn", re.IGNORECASE)
_PLATFORM: Final = re.compile(r"(?:START|END|REPORT|INIT_START|EXTENSION|LOGS)\b")
_FAILED: Final = re.compile(r"Status: (?:timeout|error)|Error Type")
_VERSION: Final = re.compile(r"\[([0-9]{1,19})\]")


class Said(NamedTuple):
    """A line's level and text."""

    level: Level
    text: str


def read(message: str) -> Said | None:
    """Return what the line says, or None for the platform's own lines that say nothing went wrong.

    A JSON line gives its level and message, and the last line of its exception; a text line its
    first line and, of a traceback, the last.
    """
    line = message[:MOST_CHARACTERS].strip()
    fields = _fields(line)
    if fields is not None:
        return _from_fields(fields)
    if not line or (_PLATFORM.match(line) and not _FAILED.search(line)):
        return None
    text = _ends(line) if "Traceback" in line else line.partition("\n")[0]
    return Said(_text_level(line), _shown(text))


def version_of(stream: str) -> str | None:
    """Return the version in a Lambda log stream's name (`2026/11/23/[7]0a1b…`), or None."""
    match = _VERSION.search(stream)
    return match.group(1) if match else None


def _fields(line: str) -> Mapping[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        found = read_json(line, MOST_CHARACTERS)
    except InvalidInputError:
        return None
    return found if isinstance(found, dict) else None


def _shown(text: str) -> str:
    """Return the first characters without secrets; of a secret at their end nothing is left."""
    return redact_start(text, 2 * MOST_TEXT)[:MOST_TEXT]


def _from_fields(fields: Mapping[str, Any]) -> Said | None:
    if str(fields.get("type", "")).startswith("platform."):
        record = fields.get("record")
        status = str(record.get("status", "success")) if isinstance(record, dict) else "success"
        bad = status not in {"success", ""}
        return Said("error", _shown(f"{fields['type']}: {status}")) if bad else None
    parts = (_first(fields, _TEXT_KEYS), _last_line(_first(fields, _TRACE_KEYS)))
    text = " | ".join(dict.fromkeys(part for part in parts if part))
    told = _first(fields, _LEVEL_KEYS)
    level = _level(told) if told else _text_level(text)
    return Said(level, _shown(text or json.dumps(sorted(fields))))


def _first(fields: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    values = (fields[key] for key in keys if fields.get(key))
    found = next(values, "")
    return "\n".join(map(str, found)) if isinstance(found, list) else str(found)


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2].strip()


def _ends(text: str) -> str:
    first, _, rest = text.partition("\n")
    return f"{first} | {_last_line(rest)}" if rest.strip() else first


def _level(told: str) -> Level:
    match = _LEVEL.search(told)
    if match is None:
        return "info"
    return "warning" if match.group().lower() == "warn" else "error"


def _text_level(text: str) -> Level:
    if _ERROR.search(text):
        return "error"
    return "warning" if _WARNING.search(text) else "info"
