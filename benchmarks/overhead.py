"""Overhead: from an incident's opening to its decision, against a pipeline that does nothing.

The product is deployed to an emulator beside the shop, whose customers come all the time. In each
round an alarm of the shop is set off and the incident runs to its end: its own log says when it
was opened, the execution's history when the step with the decision was over. Then the very same
state machine runs with functions that return a constant of their contract's shape, from the start
of the execution to the end of the same step. All functions are warm, and have handled an incident
before. All run on the same emulator, in turns; medians.

What is measured is a laptop: on two cores ten seats do not think side by side, and the emulator
that they all ask is one process. That process serves the shop as well: of the eight orders a second
that `make demo` has come, nearly one of the two cores is used up before an incident begins, and
what is measured is a queue. So the goal is measured with two a second, and the eight stand beside
it. The emulator also waits 150 ms before each execution, and up to
50 ms for the log of a function that has logged nothing; the product's functions do log. So there
is a second empty pipeline, whose functions print one line: it is not what the goal is about, and
it is the harder comparison.
"""

import sys
from collections.abc import Iterable
from statistics import median
from typing import Any, Final

from benchmarks.empty_pipeline import EmptyPipeline
from benchmarks.executions import TOTAL, Stretches, until_decided, wait_for_end
from benchmarks.incident import run_incident, warm
from benchmarks.resident import resident_mebibytes
from benchmarks.result import Goal, Measured, Table, main
from local.stage import ORDERS as BUSY
from local.stage import Stage, healthy, wait_until
from stacks.functions_table import ROWS

SEED: Final = 7
ROUNDS: Final = 9
UNCOUNTED: Final = 3
"""Rounds before those: each member's alarm once."""
BUSY_ROUNDS: Final = 5
ORDERS: Final = 2.0
RATIO: Final = 2.0
RESIDENT_MIB: Final = 256
Round = tuple[Stretches, ...]
SIDES: Final = ("product", "empty", "empty, logging")


def measure() -> Measured:
    """Alternate between the two pipelines; then see what every worker holds."""
    with Stage(SEED, orders=ORDERS) as stage:
        wait_until(lambda: healthy(stage.load), seconds=600, what="a healthy shop")
        empty = [EmptyPipeline(stage.emulator, logging=logging) for logging in (False, True)]
        warm(stage)
        rounds = [_round(stage, empty, number) for number in range(UNCOUNTED + ROUNDS)]
        stage.load.rate = BUSY
        busy = [_round(stage, empty, number + len(rounds)) for number in range(BUSY_ROUNDS)]
        held = resident_mebibytes(stage.emulator.port)
    counted = rounds[UNCOUNTED:]
    on_the_way = [held[row.name] for row in ROWS if row.warm and row.name in held]
    steps = _steps(counted)
    return Measured(
        benchmark="overhead",
        about=__doc__ or "",
        goals=[
            _goal("open to decision, times the empty pipeline", RATIO, steps[-1]["times empty"]),
            _goal("most memory of a warm function, MiB", RESIDENT_MIB, max(on_the_way, default=0)),
        ],
        tables=[
            Table(title=f"Steps, median of {ROUNDS}", rows=steps),
            Table(
                title=f"Steps with {BUSY:g} orders a second, median of {BUSY_ROUNDS}",
                rows=_steps(busy),
            ),
            Table(title="Rounds", rows=[_totals(n, sides) for n, sides in enumerate(counted, 1)]),
            Table(title="Memory after the last round", rows=_memory(held)),
        ],
    )


def _round(stage: Stage, empty: list[EmptyPipeline], number: int) -> Round:
    states, members = stage.emulator.client("stepfunctions"), stage.plan.members
    opened = run_incident(stage, members[number % len(members)])
    execution = stage.quorum.execution(opened)["executionArn"]
    wait_for_end(states, execution)
    found = [until_decided(states, execution, opened.occurred_at)]
    for pipeline in empty:
        nothing, began = pipeline.start(f"round-{number}")
        wait_for_end(states, nothing)
        found.append(until_decided(states, nothing, began))
    return tuple(found)


def _steps(rounds: list[Round]) -> list[dict[str, Any]]:
    """Return a row per step, the total last."""
    rows: list[dict[str, Any]] = []
    for name in rounds[0][1]:
        product, *nothing = [
            median(side[name] for side in sides) for sides in zip(*rounds, strict=True)
        ]
        row = _in_milliseconds(name, [product, *nothing])
        times = {
            f"times {side}": round(product / least, 2)
            for side, least in zip(SIDES[1:], nothing, strict=True)
        }
        rows.append({**row, **times})
    return rows


def _in_milliseconds(name: str, sides: Iterable[float]) -> dict[str, Any]:
    return {
        "": name,
        **{f"{side} ms": round(taken) for side, taken in zip(SIDES, sides, strict=True)},
    }


def _totals(place: int, sides: Round) -> dict[str, Any]:
    return _in_milliseconds(f"round {place}", [side[TOTAL] for side in sides])


def _memory(held: dict[str, float]) -> list[dict[str, Any]]:
    return [{"function": name, "resident MiB": round(size)} for name, size in sorted(held.items())]


def _goal(what: str, limit: float, measured: float) -> Goal:
    return Goal(what=what, rule="at most", limit=limit, measured=round(measured, 2))


if __name__ == "__main__":
    sys.exit(main("overhead", measure))
