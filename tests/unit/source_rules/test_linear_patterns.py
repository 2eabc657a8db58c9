"""No pattern of the product takes more time than its input is long."""

import ast
import json
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from functions.diagnosis.diff_effect import summarize_diff
from functions.evidence.log_lines import read_event
from functions.evidence.masking import mask
from functions.evidence.stack_traces import read_trace
from functions.intake.alarm_context import child_alarms
from functions.intake.alarm_event import parse
from quorum.domain.base import OutsiderText
from quorum.domain.errors import InvalidInputError
from quorum.domain.evidence import Change
from quorum.domain.redaction import redact
from quorum.narrative.safe_text import markdown, outsider
from tests.builders.cloudwatch_events import composite_alarm
from tests.unit.source_rules.linear import attacks, slow

ROOTS: Final = (Path("functions"), Path("quorum"))
MADE_LATER: Final = {
    "functions/diagnosis/error_attribution.py": 1,  # a resource's name, escaped
    "quorum/adapters/telemetry/cloudtrail_audit_trail.py": 1,  # one of two characters
    "quorum/domain/resources.py": 1,  # a namespace that the operator declares, escaped
    "quorum/services/naming.py": 2,  # shapes of names in the rows, which are linear by a test
}
"""Patterns that are no constants of their module, by file."""
OF_RE: Final = {"compile", "match", "fullmatch", "search", "sub", "split", "findall", "finditer"}
FEW, ALL = 120, 4000


class Found(NamedTuple):
    """A pattern, and where it stands."""

    where: str
    pattern: "re.Pattern[str]"


def patterns() -> Iterator[Found]:
    """Yield every compiled pattern that a module of the product holds, in whatever container."""
    for path in sorted(p for root in ROOTS for p in root.rglob("*.py")):
        if path.name in {"handler.py", "runtime.py", "seat_wiring.py", "batches.py"}:
            continue  # they read the environment when they are imported, and hold no pattern
        module = import_module(".".join(path.with_suffix("").parts))
        for name, value in vars(module).items():
            if name.startswith("__") or _comes_from_elsewhere(value, module.__name__):
                continue
            for number, pattern in enumerate(_inside(value, 4)):
                yield Found(f"{module.__name__}.{name}[{number}]", pattern)


def _comes_from_elsewhere(value: Any, module: str) -> bool:
    return getattr(value, "__module__", module) != module and not isinstance(value, re.Pattern)


def _inside(value: Any, depth: int) -> "Iterator[re.Pattern[str]]":
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, tuple | list | set | frozenset):
        for one in value:
            yield from _inside(one, depth - 1)
    elif depth and isinstance(value, dict):
        yield from _inside([*value.values()], depth - 1)


KNOWN: Final = {found.pattern.pattern: found for found in patterns()}
EVENT: Final = parse(json.dumps(composite_alarm(triggering=())))


def refused(text: str) -> object:
    """Read the text as a message of the alarm queue."""
    try:
        return parse(text)
    except InvalidInputError as error:
        return error


def understood(text: str) -> object:
    """Read the text as what a change's diff took away and added."""
    diff = OutsiderText.of("\n".join(f"-{text}\n+{text}1" for _ in range(2)))
    fields = {"id": "c", "resource": "ssm:/x", "kind": "parameter", "setting": "/x"}
    times = {"not_before": 1, "at": 1, "before": 1, "after": 2}
    return summarize_diff(Change.model_validate({**fields, **times, "diff": diff}))


CALLS: Final[dict[str, tuple[Callable[[str], object], str]]] = {
    "redact": (redact, 'password="x" Bearer eyJ a@b.c https://u:p@h -----BEGIN PRIVATE KEY-----'),
    "mask": (mask, "\"a\" 'b' 0x1f 2026-11-23T12:00:00Z 1.2.3.4 deadbeef"),
    "read": (
        read_event,
        '{"message": "x", "level": [1]} Traceback Error Status: timeout Error Type',
    ),
    "trace": (
        read_trace,
        'Traceback (most recent call last):\n  File "a.py", line 1, in b\n    at a.b(C.java:1)\n'
        " ---> goroutine 1 [\ta.go:1 a.rb:1:in 'b': c (D) Caused by: ExceptionGroup",
    ),
    "children": (
        lambda text: child_alarms(EVENT, text),
        "ALARM(\"a\") OR OK('b') INSUFFICIENT_DATA",
    ),
    "redacted": (OutsiderText.redacted, "password: 'a' a@b.c"),
    "markdown": (lambda text: markdown((outsider(text), text)), "`*_[]<>&|~#"),
    "diff": (understood, '-a: 1\n+b: "c" // d # e * 1.5'),
    "event": (refused, '{"detail": {"a": [1.5, "\\u0041", null, true]}}'),
}


@pytest.mark.parametrize("source", KNOWN, ids=lambda source: KNOWN[source].where)
def test_a_pattern_is_linear(source: str) -> None:
    pattern = KNOWN[source].pattern
    assert slow(pattern.findall, attacks(source, FEW)) is None


@pytest.mark.parametrize("name", CALLS)
def test_functions_that_read_outsiders_text_are_linear(name: str) -> None:
    call, source = CALLS[name]
    assert slow(call, attacks(source, FEW)) is None


@pytest.mark.slow
@pytest.mark.parametrize("name", CALLS)
def test_functions_that_read_outsiders_text_are_linear_on_all_probes(name: str) -> None:
    call, source = CALLS[name]
    assert slow(call, attacks(source, ALL)) is None


@pytest.mark.slow
@pytest.mark.parametrize("source", KNOWN, ids=lambda source: KNOWN[source].where)
def test_patterns_are_linear_on_all_probes(source: str) -> None:
    assert slow(KNOWN[source].pattern.findall, attacks(source, ALL)) is None
    assert slow(KNOWN[source].pattern.fullmatch, attacks(source, ALL)) is None


def test_every_pattern_of_the_code_is_one_that_is_probed() -> None:
    """A pattern that is written anywhere but in a module's constant is named above, with why."""
    assert len(KNOWN) >= 25
    hidden = {}
    for path in sorted(p for root in ROOTS for p in root.rglob("*.py")):
        inner = [
            call
            for function in ast.walk(ast.parse(path.read_text()))
            if isinstance(function, ast.FunctionDef)
            for call in ast.walk(function)
            if _uses_re(call)
        ]
        if inner:
            hidden[str(path)] = len(inner)
    assert hidden == MADE_LATER


def _uses_re(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=attr), args=[first, *_]):
            constant = isinstance(first, ast.Name) and first.id.strip("_").isupper()
            return attr in OF_RE and not constant
        case _:
            return False


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(
            r"\b(?:ALARM|OK)\s*\(\s*(?:\"([^\"]+)\"|([^)\"']+?))\s*\)", marks=pytest.mark.slow
        ),
        r"(?:a+)+b",
        r"\s+$",
        r"[\w.]+@\w+\.com",
        r"\"[^\"\\]*(?:\\.[^\"\\]*)*\"$",
    ],
)
def test_probe_finds_a_superlinear_pattern(bad: str) -> None:
    assert slow(re.compile(bad).findall, attacks(bad, ALL)) is not None
