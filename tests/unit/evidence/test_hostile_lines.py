"""Log lines of any shape: each is read or passed over, nothing is raised, and no secret stays."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any, Final

import pytest

from functions.evidence.log_lines import read_event
from functions.evidence.templates import mine_templates
from functions.evidence.trace_text import MOST_TEXT
from quorum.domain.canonical import canonical_json
from quorum.ports.telemetry import LogLine
from tests.unit.source_rules.linear import slow

NORMAL, SLOW = 4000, 100_000
SECRET: Final = "Zq7secretZq7"  # noqa: S105 - an example
KEYS: Final = (
    *("type", "record", "status", "level", "severity", "levelname", "log.level"),
    *("message", "msg", "errorMessage", "error"),
    *("exception", "stackTrace", "stack_trace", "stack", "traceback", "password", "a"),
    *("errorType", "name", "value", "frames", "file", "line", "function", "err", "exc_info"),
)
WORDS: Final = (
    *(
        "platform.report",
        "platform.start",
        "ERROR",
        "warn",
        "Traceback",
        "\n",
        "REPORT Status: error",
    ),
    *(
        "'",
        '"',
        "\\",
        "{",
        "}",
        "[",
        "<*>",
        "<secret>",
        "\x00",
        "\ud800",
        "\u202e",
        "0x",
        "1.",
        "a1",
    ),
    *(f"password={SECRET}", f"https://u:{SECRET}@h", f"Bearer {SECRET}9", "bob@example.com"),
)
TRACES: Final = (
    *("Traceback (most recent call last):", '  File "/app/a.py", line 1, in b', "    ^^^^"),
    *("KeyError: 'a'", "    at a.b(C.java:1)", "    at a (/app/b.js:1:2)", "Caused by: a.B: c"),
    *("panic: a", "goroutine 1 [running]:", "main.a(0x1)", "\t/app/a.go:1 +0x1", "a.rb:1:in `b'"),
    *(" ---> A.B: c", "   at A.B(C d) in /a.cs:line 1", "   --- End of inner exception", "a: b"),
    *("During handling of the above exception, another", "  + Exception Group Traceback", "}"),
    f'  File "/app/password={SECRET}.py", line 1, in token={SECRET}',
    f"    at secret={SECRET} (https://u:{SECRET}@h/b.js:1:2)",
    f"shop.KeyError: Bearer {SECRET}9 of bob@example.com",
)


def lines(count: int, seed: int) -> Iterator[str]:
    """Yield so many lines, the same for the same seed."""
    dice = Random(seed)  # noqa: S311 - a fuzzer's dice
    for _ in range(count):
        roll = dice.randrange(8)
        if roll == 0:
            yield dice.choice(("[", "{", '{"a":', '{"message":[')) * dice.choice((1, 30, 900, 4000))
        elif roll == 1:
            yield '{"message": ' + dice.choice(("9" * 5000, "1e999", "NaN", '"\\ud83d"')) + "}"
        elif roll == 2:
            yield from dice.choices(TRACES, k=dice.randrange(12))
        elif roll == 3:
            yield dice.choice("\n\r").join(dice.choices((*TRACES, *WORDS), k=dice.randrange(30)))
        elif roll == 4:
            yield " ".join(dice.choice(WORDS) for _ in range(dice.choice((1, 5, 60))))
        else:
            yield json.dumps({dice.choice(KEYS): _value(dice, 3) for _ in range(dice.randrange(7))})


def _value(dice: Random, depth: int) -> Any:
    roll = dice.randrange(8)
    if roll == 0 and depth:
        return {dice.choice(KEYS): _value(dice, depth - 1) for _ in range(dice.randrange(4))}
    if roll == 1 and depth:
        return [_value(dice, depth - 1) for _ in range(dice.randrange(4))]
    if roll == 2:
        return dice.choice((None, True, 0, -1.5, 10**30, 1e308))
    if roll == 3:
        return "\n".join(dice.choices(TRACES, k=dice.randrange(12)))
    return " ".join(dice.choice(WORDS) for _ in range(dice.randrange(4)))


def read_all(count: int, seed: int) -> int:
    """Read the lines, mine them by a thousand; return how many said something."""
    said, kept = 0, list[LogLine]()
    for number, line in enumerate(lines(count, seed)):
        found = read_event(line)
        said += found is not None
        assert found is None or len(found.text) <= MOST_TEXT
        kept.append(LogLine(number / 10, line, f"2026/11/23/[7]a{number % 3}"))
        if len(kept) == 1000:
            bundle = canonical_json(
                [t.model_dump() for t in mine_templates("lambda:f", kept, number // 10 - 50)]
            )
            assert SECRET.encode() not in bundle
            assert b"bob@" not in bundle
            kept.clear()
    return said


def test_thousands_of_hostile_lines_raise_nothing_and_keep_no_secret() -> None:
    assert read_all(NORMAL, seed=3) > NORMAL / 2


@pytest.mark.slow
def test_a_hundred_thousand_hostile_lines_raise_nothing_and_keep_no_secret() -> None:
    assert read_all(SLOW, seed=4) > SLOW / 2


def test_a_line_takes_time_linear_in_its_length() -> None:
    units = [
        "ERROR ",
        '{"a":',
        '{"message":[',
        "\\u0041",
        "a1",
        "'",
        '"x',
        "password=",
        "a@",
        "://u:",
    ]
    texts = [(start, unit) for start in ("", '{"message":"', "Traceback\n") for unit in units]
    assert slow(read_event, iter(texts)) is None
