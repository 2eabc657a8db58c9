"""Overhead: from an incident's opening to its decision, against a pipeline that does nothing.

The product is deployed to an emulator beside the shop, whose customers come all the time. In each
round an alarm of the shop is set off and the incident runs to its end: its own log says when it
was opened, the execution's history when the step with the decision was over. Then the very same
state machine runs with functions that return a constant of their contract's shape, from the start
of the execution to the end of the same step. All functions are warm, and have handled an incident
before. Both run on the same emulator, in turns; medians.

What is measured is a laptop: on two cores ten seats do not think side by side, and the emulator
that they all ask is one process.
"""

import sys
from statistics import median
from typing import Any, Final

from benchmarks.empty_pipeline import EmptyPipeline
from benchmarks.executions import TOTAL, Stretches, until_decided, wait_for_end
from benchmarks.incident import run_incident, warm
from benchmarks.resident import resident_mebibytes
from benchmarks.result import Goal, Measured, Table, main
from local.stage import Stage, healthy, wait_until
from stacks.functions_table import ROWS

SEED: Final = 7
ROUNDS: Final = 9
UNCOUNTED: Final = 3
"""Rounds before those: each member's alarm once."""
RATIO: Final = 2.0
RESIDENT_MIB: Final = 256
Round = tuple[Stretches, Stretches]


def measure() -> Measured:
    """Alternate between the two pipelines; then see what every worker holds."""
    with Stage(SEED) as stage:
        wait_until(lambda: healthy(stage.load), seconds=120, what="a healthy shop")
        empty = EmptyPipeline(stage.emulator)
        warm(stage)
        rounds = [_round(stage, empty, number) for number in range(UNCOUNTED + ROUNDS)]
        held = resident_mebibytes(stage.emulator.port)
    counted = rounds[UNCOUNTED:]
    on_the_way = [held[row.name] for row in ROWS if row.warm and row.name in held]
    steps = _steps(counted)
    return Measured(
        benchmark="overhead",
        about=__doc__ or "",
        goals=[
            _goal("open to decision, times the empty pipeline", RATIO, steps[-1]["times"]),
            _goal("most memory of a warm function, MiB", RESIDENT_MIB, max(on_the_way, default=0)),
        ],
        tables=[
            Table(title=f"Steps, median of {ROUNDS}", rows=steps),
            Table(title="Rounds", rows=[_totals(*pair) for pair in counted]),
            Table(title="Memory after the last round", rows=_memory(held)),
        ],
    )


def _round(stage: Stage, empty: EmptyPipeline, number: int) -> Round:
    states, members = stage.emulator.client("stepfunctions"), stage.plan.members
    opened = run_incident(stage, members[number % len(members)])
    execution = stage.quorum.execution(opened)["executionArn"]
    wait_for_end(states, execution)
    product = until_decided(states, execution, opened.occurred_at)
    nothing, began = empty.start(f"round-{number}")
    wait_for_end(states, nothing)
    return product, until_decided(states, nothing, began)


def _steps(rounds: list[Round]) -> list[dict[str, Any]]:
    """Return a row per step, the total last."""
    rows: list[dict[str, Any]] = []
    for name in rounds[0][1]:
        product, nothing = (median(pair[side][name] for pair in rounds) for side in (0, 1))
        row = {"step": name, "product ms": round(product), "empty ms": round(nothing)}
        rows.append({**row, "times": round(product / nothing, 2)})
    return rows


def _totals(product: Stretches, nothing: Stretches) -> dict[str, Any]:
    return {"product ms": round(product[TOTAL]), "empty ms": round(nothing[TOTAL])}


def _memory(held: dict[str, float]) -> list[dict[str, Any]]:
    return [{"function": name, "resident MiB": round(size)} for name, size in sorted(held.items())]


def _goal(what: str, limit: float, measured: float) -> Goal:
    return Goal(what=what, rule="at most", limit=limit, measured=round(measured, 2))


if __name__ == "__main__":
    sys.exit(main("overhead", measure))
