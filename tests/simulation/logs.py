"""Log lines of a world's functions, as mined templates."""

from collections.abc import Iterator
from typing import Literal

from quorum.domain.base import OutsiderText
from quorum.domain.evidence import LogTemplate
from tests.simulation.observed import resource
from tests.simulation.worlds import Fault, Seen, World

Level = Literal["error", "warning", "info"]


def templates(world: World, seen: Seen) -> Iterator[LogTemplate]:
    """Yield what the functions log: the culprit its own error, its callers that a call failed."""
    for place, name in enumerate(world.functions):
        yield _template(world, place, f"{name} timed out <*> ms", (3, 1), "warning")
        yield _template(world, place, "served <*> in <*> ms", (400, 150), "info")
    for fault in world.faults:
        for place in range(min(fault.place, 2) + 1):
            count = int(_errors_after(world, seen, place))
            if count and not (fault.kind == "throttle" and place == fault.place):
                yield _exception(world, place, _text(world, fault, place), count)


def _exception(world: World, place: int, text: str, count: int) -> LogTemplate:
    """Return what a logged exception comes to; a caller's own code may be named after a callee."""
    file = world.functions[place + 1] if place < 2 else "handler"
    return _template(world, place, f"{text} at {file}.py:{12 + place} in call", (0, count))


def _errors_after(world: World, seen: Seen, place: int) -> float:
    return sum(
        value
        for (where, measure, _, at), value in seen.counts.items()
        if (where, measure) == (place, "errors") and at >= world.strike
    )


def _text(world: World, fault: Fault, place: int) -> str:
    if place < fault.place:
        below = world.functions[place + 1] if place < 2 else "items"
        if fault.kind == "throttle" and place == fault.place - 1:
            return f"DownstreamThrottledError: {below} throttled the call"
        return f"DownstreamError: {below} failed: {_text(world, fault, place + 1)}"
    return {
        "release": "TypeError: unsupported operand type(s) for *: 'NoneType' and 'int'",
        "throttle": "Task timed out after <*> seconds",
        "parameter": "ValueError: invalid literal for int() with base 10: <*>",
        "data": "KeyError: 'currency' in item <*>",
        "capacity": "ProvisionedThroughputExceededException on table items",
    }[fault.kind]


def _version(world: World, place: int) -> str:
    newer = sum(s.place == place and s.at <= world.strike for s in world.switches)
    return str(world.first_version[place] + newer)


def _template(
    world: World, place: int, text: str, counts: tuple[int, int], level: Level = "error"
) -> LogTemplate:
    before, after = counts
    return LogTemplate(
        id=f"{resource(world, place)}/{hash_of(text)}",
        resource=resource(world, place),
        template=OutsiderText.of(text),
        level=level,
        before=before,
        after=after,
        first_seen=int(world.start if before else world.strike + world.rng.uniform(0, 8)),
        version=_version(world, place) if level == "error" else None,
    )


def hash_of(text: str) -> int:
    """Return a number that is the same in every process."""
    return sum((i + 1) * ord(c) for i, c in enumerate(text))
