"""Malformed alarm events: mutated in structure and in bytes, from a seed."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random
from typing import Any, Final

from tests.builders.cloudwatch_events import (
    anomaly_alarm,
    composite_alarm,
    math_alarm,
    metric_alarm,
)

SEEDS: Final[tuple[Callable[[], dict[str, Any]], ...]] = (
    metric_alarm,
    math_alarm,
    anomaly_alarm,
    composite_alarm,
)
TIMES: Final = (
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2099-01-01T00:00:00Z",
    "2026-11-23T12:00:00.123456789+0000",
    "2026-02-30T00:00:00Z",
    "-2026-11-23T12:00:00Z",
    "1e400",
    "",
)
ODD: Final[tuple[Any, ...]] = (
    None,
    True,
    0,
    -1,
    10**40,
    1e308,
    "",
    "\ud800",
    "\x00",
    "a" * 5000,
    [],
    {},
    [[]],
    {"Key": {}, "Value": []},
    *TIMES,
)
RAW: Final = (
    "9" * 5000,
    "[" * 3000,
    '{"a":' * 3000,
    "1e999",
    "NaN",
    "-Infinity",
    '"\\ud83d"',
    "tru",
)


def mutated(count: int, seed: int) -> Iterator[str]:
    """Yield so many bodies, the same for the same seed."""
    dice = Random(seed)  # noqa: S311 - a fuzzer's dice
    for _ in range(count):
        event = dice.choice(SEEDS)()
        for _ in range(dice.choice((1, 1, 2, 3))):
            _change(event, dice)
        yield _bytes(json.dumps(event), dice)


def _change(event: dict[str, Any], dice: Random) -> None:
    """Replace, delete or repeat something somewhere in the event."""
    places = list(_places(event))
    holder, key = dice.choice(places)
    match dice.randrange(6):
        case 0 | 1 | 2:
            holder[key] = deepcopy(dice.choice(ODD))
        case 3:
            holder[key] = _deep(holder[key], dice.choice((1, 20, 40, 200)))
        case 4:
            holder[key] = f"<<{dice.choice(RAW)}>>"
        case _ if isinstance(holder, dict):
            del holder[key]
        case _:
            holder.append(deepcopy(holder[key]))


def _places(value: Any, depth: int = 8) -> Iterator[tuple[Any, Any]]:
    keys = value if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if depth and isinstance(value[key], dict | list):
            yield from _places(value[key], depth - 1)


def _deep(value: Any, levels: int) -> Any:
    for _ in range(levels):
        value = [value]
    return value


def _bytes(body: str, dice: Random) -> str:
    """Insert the requested raw JSON, and sometimes cut the text or change a character."""
    for raw in RAW:
        body = body.replace(json.dumps(f"<<{raw}>>"), raw)
    roll = dice.randrange(10)
    if roll == 0:
        return body[: dice.randrange(len(body))]
    if roll == 1:
        at = dice.randrange(len(body))
        return f"{body[:at]}{dice.choice('{}[],:0a')}{body[at + 1 :]}"
    return body
