"""`python -m benchmarks.pace [--quick] [--seed N] [--json FILE]`: right at AWS's own pace?

No AWS account is used. Real: intake, evidence, the ten seats, consensus, executor, approval,
verification and closing, and the state machine's definition, in process on a virtual clock.
Simulated: CloudWatch metrics, alarms and logs, CloudTrail, Lambda's and DynamoDB's settings, the
traffic, the durations of tasks, and the people who answer.
"""

import gc
import shlex
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.pace.plan import Planned, full, quick
from benchmarks.pace.report import measured
from benchmarks.pace.table import Trial, calibration, healthy, row, trial
from benchmarks.result import Result, machine

SIMULATED: Final = (
    "No AWS account was used. CloudWatch, CloudTrail, settings, traffic, task durations and "
    "people's answers are simulated; the product's logic and its state machine are real."
)
WRONG_EVERY: Final = 2
"""One seed in so many also has a wrong action approved on purpose."""
SEEDS: Final = 1000
"""Seeds kept apart for each cell."""

Job = tuple[Planned, int]
"""A cell to run, and its first seed."""


def work(job: Job) -> list[Trial]:
    """Run one cell's seeds."""
    planned, seed = job
    wrongly = planned.group != "twin"
    found = []
    for n in range(planned.runs):
        found.append(trial(planned.cell, seed + n, wrongly=wrongly and n % WRONG_EVERY == 0))
        gc.collect()  # a run's requests hang in reference cycles
    return found


def measure(plan: Sequence[Planned], seed: int, jobs: int) -> dict[str, Any]:
    """Run the plan; return cells, twins and calibration."""
    tasks = [(planned, _first_seed(plan, seed, planned, n)) for n, planned in enumerate(plan)]
    with ProcessPoolExecutor(jobs) as pool:
        found = list(zip(plan, pool.map(work, tasks), strict=True))
    faulty = [(planned, trials) for planned, trials in found if planned.group != "twin"]
    return {
        "simulated": SIMULATED,
        "seed": seed,
        "cells": [row(planned.cell, trials, planned.group) for planned, trials in faulty],
        "healthy": healthy((p.cell, trials) for p, trials in found if p.group == "twin"),
        "calibration": calibration(one for _, trials in faulty for one in trials),
    }


def _first_seed(plan: Sequence[Planned], seed: int, planned: Planned, place: int) -> int:
    """Return the cell's first seed; cells that differ in throttling alone share their seeds."""
    if planned.group == "sources":
        alike = planned.cell._replace(throttled=False)
        place = next(n for n, one in enumerate(plan) if one.cell == alike)
    return (seed * len(plan) + place) * SEEDS


def lines(result: dict[str, Any]) -> Iterator[str]:
    """Yield the table for people."""
    yield SIMULATED
    yield (
        "fault     rate lag part alarm                          metric    topology runs right "
        "in-time asked (right) wrong | acted undone unver kept/wrong | alarm decided recovered OK"
    )
    for one in result["cells"]:
        more, floor = one["more"], one["floor"]
        part = "half" if one["partial"] else "none"
        yield (
            f"{one['fault']:8} {one['rate']:6g} {one['lag_s']:3} {part} "
            f"{one['alarm']:30} {one['metric']:9} {one['topology']:8} {one['runs']:4} "
            f"{one['right']:5} {more['right_in_time']:7} "
            f"{one['asked']:5} {more['asked_right']:7} {one['wrong']:5} | "
            f"{more['acted_right']:5} {one['undone_right']:6} {one['unverified_right']:5} "
            f"{one['kept_wrong']:4}/{more['acted_wrong']:<5} | {_s(floor['alarm_s'])} "
            f"{_s(one['decision_s'])} {_s(one['recovered_s'])} {_s(floor['ok_s'])} {more['group']}"
            + (" throttled" if more["throttled"] else "")
            + (f" {more['errors']}" if more["errors"] else "")
        )
    yield f"healthy: {result['healthy']}"
    for one in result["calibration"]:
        if one["seat"] == "all seats":
            yield f"calibration: {one}"


def chosen_plan(chosen: Namespace) -> tuple[Planned, ...]:
    """Return the plan that the arguments ask for."""
    plan = quick(chosen.seed) if chosen.quick else full(chosen.seed)
    for rule in chosen.only:
        name, _, value = rule.partition("=")
        plan = tuple(one for one in plan if _level(one, name).startswith(value))
    return tuple(one._replace(runs=_runs(one, chosen)) for one in plan)


def _runs(planned: Planned, chosen: Namespace) -> int:
    """Return the number of the cell's runs: that of the arguments, or else the plan's."""
    wanted: int | None = chosen.twins if planned.group == "twin" else chosen.runs
    return planned.runs if wanted is None else wanted


def _level(planned: Planned, name: str) -> str:
    return str(planned.group if name == "group" else getattr(planned.cell, name))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the table, print it with the goals, and store it."""
    parser = ArgumentParser(prog="python -m benchmarks.pace", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="every pair of factors, few runs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="also write the table to this file")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--runs", type=int, help="runs of each cell with a fault")
    parser.add_argument("--twins", type=int, help="runs of each cell without a fault")
    parser.add_argument(
        "--only", nargs="*", default=[], help="as in `group=goal rate=10 topology=pair`"
    )
    chosen = parser.parse_args(arguments)
    here, started = machine(), time.monotonic()
    result = measure(chosen_plan(chosen), chosen.seed, chosen.jobs)
    for line in lines(result):
        print(line)
    found = measured(result)
    for goal in found.goals:
        verdict = "met" if goal.met else "MISSED"
        print(f"{verdict}: {goal.what}: {goal.measured:g}, {goal.rule} {goal.limit:g}")
    print(f"{time.monotonic() - started:.0f} s")
    if chosen.json:
        command = ["python", "-m", "benchmarks.pace", *_repeatable(chosen)]
        stored = Result(
            **found.model_dump(),
            **result,
            command=shlex.join(command),
            date=datetime.now(UTC).replace(microsecond=0),
            machine=here,
        )
        chosen.json.write_text(stored.model_dump_json(indent=1) + "\n")
    return 0


def _repeatable(chosen: Namespace) -> Iterator[str]:
    """Yield the arguments that decide about the figures."""
    if chosen.quick:
        yield "--quick"
    yield from ("--seed", str(chosen.seed))
    if chosen.runs is not None:
        yield from ("--runs", str(chosen.runs))
    if chosen.twins is not None:
        yield from ("--twins", str(chosen.twins))
    if chosen.only:
        yield from ("--only", *chosen.only)


def _s(seconds: float | None) -> str:
    return f"{seconds:6.0f}" if seconds is not None else "     -"


if __name__ == "__main__":
    sys.exit(main())
