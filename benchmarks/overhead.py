"""Overhead: time from an incident's opening to its decision, compared with an empty pipeline.

Quorum is deployed to an emulator beside the shop, which serves orders all the time. In each round
an alarm of the shop is triggered and the incident runs to its end: its event log has the time of
the opening, the execution's history the end of the step with the decision. Then the same state
machine runs with functions that return a constant result, from the start of the execution to the
end of the same step. All functions are warm and have handled an incident before. All run on the
same emulator, in turns; medians.

The figures are those of a laptop: on two cores ten seats do not run in parallel, and the emulator
that all of them call is one process. That process serves the shop as well: the eight orders a
second of `make demo` take nearly one of the two cores before an incident begins, so that mainly
queueing would be measured. Therefore the goal is measured with two orders a second, and the figures
with eight are listed beside it. The emulator also waits 150 ms before each execution, and up to
50 ms for the log of a function that has logged nothing; Quorum's functions do log. So there is a
second empty pipeline, whose functions print one line: it is not part of the goal, and is the harder
comparison.
"""

import sys
from collections.abc import Iterable
from statistics import median
from typing import Any, Final

from benchmarks.empty_pipeline import EmptyPipeline
from benchmarks.execution_times import TOTAL, StepTimes, until_decided, wait_for_end
from benchmarks.incident_run import run_incident, warm
from benchmarks.result import Goal, Measured, ResultTable, main
from benchmarks.worker_memory import resident_mebibytes
from local.stage import ORDERS as BUSY
from local.stage import LocalStage, healthy, wait_until
from stacks.functions_table import ROWS

SEED: Final = 7
ROUNDS: Final = 9
UNCOUNTED: Final = 3
"""Warm-up rounds before those: each member's alarm once."""
BUSY_ROUNDS: Final = 5
ORDERS: Final = 2.0
RATIO: Final = 2.0
RESIDENT_MIB: Final = 256
Round = tuple[StepTimes, ...]
SIDES: Final = ("product", "empty", "empty, logging")


def measure() -> Measured:
    """Alternate between the pipelines, then measure the workers' memory."""
    with LocalStage(SEED, orders=ORDERS) as stage:
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
            ResultTable(title=f"Steps, median of {ROUNDS}", rows=steps),
            ResultTable(
                title=f"Steps with {BUSY:g} orders a second, median of {BUSY_ROUNDS}",
                rows=_steps(busy),
            ),
            ResultTable(
                title="Rounds", rows=[_totals(n, sides) for n, sides in enumerate(counted, 1)]
            ),
            ResultTable(title="Memory after the last round", rows=_memory(held)),
        ],
    )


def _round(stage: LocalStage, empty: list[EmptyPipeline], number: int) -> Round:
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
    """Return one row per step, the total last."""
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
