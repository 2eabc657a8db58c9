"""`python -m benchmarks.pace [--quick] [--seed N] [--json FILE]`: right at AWS's own pace?

No AWS account is used. Real: intake, evidence, the ten seats, consensus, executor, approval,
verification and closing, and the state machine's definition, in process on a virtual clock.
Simulated: CloudWatch metrics, alarms and logs, CloudTrail, Lambda's settings, the traffic, the
durations of tasks, and the people who answer.
"""

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Final

from benchmarks.pace.cells import Cell
from benchmarks.pace.plan import FEW, Plan, full, goal_cells, quick
from benchmarks.pace.table import Trial, calibration, healthy, row, trial

SIMULATED: Final = (
    "No AWS account was used. CloudWatch, CloudTrail, Lambda's settings, traffic, task durations "
    "and people's answers are simulated; the product's logic and its state machine are real."
)
WRONG_EVERY: Final = 2
"""One seed in so many also has a wrong action approved on purpose."""

Job = tuple[Cell, int, int]
"""A cell, the first seed, and the number of runs."""


def work(job: Job) -> list[Trial]:
    """Run one cell's seeds."""
    cell, seed, runs = job
    wrongly = cell.twin is None
    return [trial(cell, seed + n, wrongly=wrongly and n % WRONG_EVERY == 0) for n in range(runs)]


def measure(plan: Plan, seed: int, jobs: int) -> dict[str, Any]:
    """Run the plan; return the table."""
    listed = [*plan.cells, *plan.twins]
    tasks = [(cell, seed * 1_000_003 + 1000 * n, runs) for n, (cell, runs) in enumerate(listed)]
    with ProcessPoolExecutor(jobs) as pool:
        found = list(pool.map(work, tasks))
    cells, twins = found[: len(plan.cells)], found[len(plan.cells) :]
    return {
        "simulated": SIMULATED,
        "seed": seed,
        "cells": [row(cell, trials) for (cell, _), trials in zip(plan.cells, cells, strict=True)],
        "healthy": healthy(one for trials in twins for one in trials),
        "calibration": calibration(one for trials in cells for one in trials),
    }


def lines(result: dict[str, Any]) -> Iterator[str]:
    """Yield the table for people."""
    yield SIMULATED
    yield (
        "fault     rate lag part alarm                          metric  topology  runs right asked "
        "(right) wrong | acted undone unver kept/wrong | alarm decided verified ok(floor)"
    )
    for one in result["cells"]:
        more, floor = one["more"], one["floor"]
        part = "half" if one["partial"] else "none"
        yield (
            f"{one['fault']:8} {one['rate']:6g} {one['lag_s']:3} {part} "
            f"{one['alarm']:30} {one['metric']:8} {one['topology']:8} {one['runs']:4} "
            f"{one['right']:5} {one['asked']:5} {more['asked_right']:7} {one['wrong']:5} | "
            f"{more['acted_right']:5} {one['undone_right']:6} {one['unverified_right']:5} "
            f"{one['kept_wrong']:4}/{more['acted_wrong']:<5} | {_s(floor['alarm_s'])} "
            f"{_s(one['decision_s'])} {_s(one['recovered_s'])} {_s(floor['ok_s'])}"
            + (" throttled" if more["throttled"] else "")
            + (f" {more['errors']}" if more["errors"] else "")
        )
    yield f"healthy: {result['healthy']}"
    for one in result["calibration"]:
        if one["seat"] == "all seats":
            yield f"calibration: {one}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the table and print it."""
    parser = ArgumentParser(prog="python -m benchmarks.pace", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="every pair of factors, few runs")
    parser.add_argument("--goals", action="store_true", help="only the cells that the goals name")
    parser.add_argument("--only", nargs="*", default=[], help="as in rate=10 topology=pair")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="also write the table to this file")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--runs", type=int, help="runs of every cell, in place of the plan's")
    chosen = parser.parse_args(arguments)
    plan = quick(chosen.seed) if chosen.quick else full(chosen.seed)
    if chosen.goals:
        plan = Plan(tuple((cell, FEW) for cell in goal_cells()), ())
    for rule in chosen.only:
        name, _, value = rule.partition("=")
        kept = (one for one in plan.cells if str(getattr(one[0], name)).startswith(value))
        plan = Plan(tuple(kept), ())
    if chosen.runs:
        plan = plan._replace(cells=tuple((cell, chosen.runs) for cell, _ in plan.cells))
    started = time.monotonic()
    result = measure(plan, chosen.seed, chosen.jobs)
    for line in lines(result):
        print(line)
    print(f"{time.monotonic() - started:.0f} s")
    if chosen.json:
        chosen.json.write_text(json.dumps(result, indent=1) + "\n")
    return 0


def _s(seconds: float | None) -> str:
    return f"{seconds:6.0f}" if seconds is not None else "     -"


if __name__ == "__main__":
    sys.exit(main())
