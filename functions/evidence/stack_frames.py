"""Frames of stack traces: file, line and function.

All of it is outsiders' text. A line is read by anchored patterns and by cutting at single
characters, so the time is linear in its length.
"""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from functions.evidence.library_code import is_library
from quorum.domain.redaction import redact

MOST_NAME: Final = 40
"""Last characters of a file's or a function's name that are kept."""
_MOST_PATH: Final = 400
_MOST_DIGITS: Final = 7

_PYTHON: Final = re.compile(r"^[\s|]{0,80}File \"([^\"]{1,400})\", line (\d{1,7})(?:, in (\S+))?")
_AT: Final = re.compile(r"^\s{0,80}at (?:async )?(?=\S)")
_GO: Final = re.compile(r"^\s{1,8}(\S{1,400}\.go):(\d{1,7})(?:\s|$)")
_RUBY: Final = re.compile(r"^\s{0,80}(?:from )?([^\s:]{1,400}\.rb):(\d{1,7}):in [`']([^']{1,200})'")

_SEPARATOR: Final = re.compile(r"[/\\]")
_ASYNC: Final = re.compile(r"<(\w{1,100})>d__\d{1,5}\.MoveNext$")
"""An asynchronous method as .NET compiles it."""
_ODD: Final = re.compile(r"[^\w.$<>()*#@+~-]")


class Location(NamedTuple):
    """A place in code, fit to be shown."""

    file: str
    """The base name; empty where the trace has none."""
    line: int | None
    function: str

    @property
    def place(self) -> str:
        """Return what stays the same when lines are added above it."""
        return f"{self.file} {self.function}"

    def __str__(self) -> str:
        """Return `handler.py:12 in total`."""
        where = f"{self.file}:{self.line}" if self.line is not None else self.file
        if not where:
            return f"{self.function}()"
        return f"{where} in {self.function}" if self.function else where


class Frame(NamedTuple):
    """One frame of a stack trace, as it was written."""

    path: str
    line: int | None
    function: str

    @property
    def own(self) -> bool:
        """Return whether the code is the user's, and not a library's or the runtime's."""
        return not is_library(self.path, self.function)

    def location(self) -> Location | None:
        """Return the place without folders and packages; None when it looks like a secret."""
        whole = f"{self.path} {self.function}"
        if redact(whole) != whole:
            return None
        file, function = _clean(_SEPARATOR.split(self.path)[-1]), _clean(_short(self.function))
        return Location(file, self.line, function) if file or function else None


def read_frame(line: str, before: str) -> Frame | None:
    """Return the frame in a line of a trace, or None. `before` is the line before it, in which Go
    names the function.
    """
    python = _PYTHON.match(line)
    if python:
        return frame(*python.groups())
    at = _AT.match(line)
    if at:
        return _at(line[at.end() :].removesuffix("{").strip())
    ruby = _RUBY.match(line)
    if ruby:
        return frame(ruby[1], ruby[2], ruby[3].rpartition(" ")[2])
    go = _GO.match(line)
    return frame(go[1], go[2], _called(before)) if go else None


def frame_of_fields(fields: Mapping[Any, Any]) -> Frame | None:
    """Return the frame that JSON describes, or None: Powertools, structlog, Go's runtime."""
    path = _first(fields, ("file", "filename", "fileName", "path"))
    line = _first(fields, ("line", "lineno", "lineNumber"))
    name = _first(fields, ("function", "name", "label", "methodName", "method"))
    return frame(path, line, name) if path or name else None


def frame(path: str, line: str | None, function: str | None) -> Frame:
    """Return the frame at this file and line."""
    number = int(line) if line and _is_number(line) else None
    return Frame(path[:_MOST_PATH], number, (function or "").strip()[:_MOST_PATH])


def _at(rest: str) -> Frame | None:
    """Return the frame of `name (file:line:column)`, `name(File.java:line)`, `file:line:column` or
    `Name(arguments) in file:line number`.
    """
    name, symbols, path = rest.partition(") in ")
    if symbols:  # .NET
        file, _, number = path.rpartition(":line ")
        return frame(file or path, number, name.partition("(")[0])
    if not rest.endswith(")"):
        return _placed("", rest)
    name, _, where = rest[:-1].partition("(")
    return _placed(name.strip(), where)


def _placed(name: str, where: str) -> Frame | None:
    head, _, last = where.rpartition(":")
    file, _, number = head.rpartition(":")
    if _is_number(last) and _is_number(number):
        return frame(file.removeprefix("file://"), number, name.partition(" [as ")[0])
    if _is_number(last):
        return frame(head, last, name)
    if "." not in name or where.startswith("<"):
        return None  # `<anonymous>`, `index 0`: native code of JavaScript
    return frame("", None, name)


def _called(line: str) -> str:
    """Return the function in a line of Go's: `main.(*Server).charge(0x14000102060)`."""
    name = line.strip().rpartition("/")[2]
    start = name.find("(", name.find(")") + 1 if "(*" in name else 0)
    return name[:start] if start > 0 else ""


def _short(name: str) -> str:
    """Return the class and the method of a dotted name, without its package."""
    name = _ASYNC.sub(r"\1", name.rpartition("/")[2].removeprefix("new "))
    if "<anonymous>" in name:
        return ""
    return name if "(*" in name else ".".join(name.split(".")[-2:])


def _clean(name: str) -> str:
    return _ODD.sub("", name)[-MOST_NAME:]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS


def _first(fields: Mapping[Any, Any], keys: tuple[str, ...]) -> str:
    found = (fields[key] for key in keys if isinstance(fields.get(key), str | int))
    return str(next(found, ""))[:_MOST_PATH]
