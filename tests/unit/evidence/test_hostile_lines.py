"""Log lines of any shape: each is read or passed over, nothing is raised, and no secret stays."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any, Final

import pytest

from functions.evidence.log_lines import MOST_TEXT, read
from functions.evidence.templates import mine
from quorum.domain.canonical import canonical_json
from quorum.ports.telemetry import LogLine
from tests.unit.source_rules.linear import slow

NORMAL, SLOW = 4000, 100_000
SECRET: Final = "Zq7secretZq7"  # noqa: S105 - nobody's
KEYS: Final = (
    *("type", "record", "status", "level", "severity", "levelname", "log.level"),
    *("message", "msg", "errorMessage", "error"),
    *("exception", "stackTrace", "stack_trace", "stack", "traceback", "password", "a"),
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
            yield " ".join(dice.choice(WORDS) for _ in range(dice.choice((1, 5, 60))))
        else:
            yield json.dumps({dice.choice(KEYS): _value(dice, 3) for _ in range(dice.randrange(5))})


def _value(dice: Random, depth: int) -> Any:
    roll = dice.randrange(8)
    if roll == 0 and depth:
        return {dice.choice(KEYS): _value(dice, depth - 1) for _ in range(dice.randrange(4))}
    if roll == 1 and depth:
        return [_value(dice, depth - 1) for _ in range(dice.randrange(4))]
    if roll == 2:
        return dice.choice((None, True, 0, -1.5, 10**30, 1e308))
    return " ".join(dice.choice(WORDS) for _ in range(dice.randrange(4)))


def read_all(count: int, seed: int) -> int:
    """Read the lines, mine them by a thousand; return how many said something."""
    said, kept = 0, list[LogLine]()
    for number, line in enumerate(lines(count, seed)):
        found = read(line)
        said += found is not None
        assert found is None or len(found.text) <= MOST_TEXT
        kept.append(LogLine(float(number), line, "2026/11/23/[7]ab"))
        if len(kept) == 1000:
            bundle = canonical_json([t.model_dump() for t in mine("lambda:f", kept, number - 500)])
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
    assert slow(read, iter(texts)) is None
