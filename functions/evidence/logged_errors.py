"""Errors in JSON log records, by the names that runtimes and loggers give their parts.

Read are the record and the objects in it that may be an error: Lambda's runtimes, Powertools, pino,
structlog, logstash, Elastic Common Schema, OpenTelemetry.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from functions.evidence.exception_lines import short_name
from functions.evidence.stack_frames import frame_of_fields
from functions.evidence.stack_traces import ChainedException, StackTrace, read_trace, summarized

MOST_FRAMES: Final = 400
STACKS: Final = (
    *("exception", "stackTrace", "stack_trace", "stack", "stacktrace", "traceback", "exc_info"),
    *("error.stack_trace", "error.stack", "exception.stacktrace"),
)
_OBJECTS: Final = ("error", "err", "thrown", "message", *STACKS)
_THROWN: Final = ("Error", "Exception", "Failure", "Fault")

Fields = Mapping[Any, Any]


class _Names(NamedTuple):
    """Names of the fields with an error's type and message."""

    types: tuple[str, ...]
    messages: tuple[str, ...]


_OF_RECORD: Final = _Names(
    ("errorType", "exception_name", "error.type", "exception.type", "exc_type"),
    ("errorMessage", "error.message", "exception.message", "exc_value"),
)
_OF_OBJECT: Final = _Names(
    (*_OF_RECORD.types, "type", "name", "class"),
    (*_OF_RECORD.messages, "message", "value", "msg"),
)


def error_of(record: Fields) -> StackTrace | None:
    """Return the error that a record holds, or None."""
    found = _error(record, _OF_RECORD)
    inner = (_error(one, _OF_OBJECT) for one in _objects(record))
    return found or next((error for error in inner if error), None)


def _objects(record: Fields) -> Iterator[Fields]:
    """Yield the objects in the record that may be an error; of a list, the first."""
    for key in _OBJECTS:
        value = record.get(key)
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, dict):
            yield value


def _error(fields: Fields, names: _Names) -> StackTrace | None:
    """Return the error in these fields: its type and message, and the stack where there is one."""
    kind = short_name(_text(fields, names.types)).removeprefix("Function<").removesuffix(">")
    message = _text(fields, names.messages)
    named = f"{kind}: {message}" if kind and message else ""
    stacks = (_stack(fields.get(key)) for key in (*STACKS, "frames"))
    trace = next((found for found in stacks if found is not None), None)
    if trace is not None:
        return trace._replace(exception=named or trace.exception or kind or message)
    typed = "errorType" in fields or kind.endswith(_THROWN)
    return StackTrace(named) if named and typed else None


def _stack(value: Any) -> StackTrace | None:
    """Return the trace in a text, in a list of its lines, or in a list of frames."""
    if isinstance(value, str):
        return read_trace(value)
    parts = value[:MOST_FRAMES] if isinstance(value, list) else []
    lines = [part for part in parts if isinstance(part, str)]
    if lines:
        return read_trace("\n".join(lines))
    link = ChainedException()
    for part in parts:
        frame = frame_of_fields(part) if isinstance(part, dict) else None
        if frame is not None and frame.path.endswith(".py"):
            link.frames.appendleft(frame)  # Python's innermost frame is the last
        elif frame is not None:
            link.frames.append(frame)
    return summarized([link]) if link.frames else None


def _text(fields: Fields, keys: Sequence[str]) -> str:
    found = (fields[key] for key in keys if isinstance(fields.get(key), str))
    return next((text for text in found if text), "")
