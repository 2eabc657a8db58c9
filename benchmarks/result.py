"""Results of benchmarks: goals and tables, with command, date and machine."""

import os
import platform
import shlex
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

RESULTS: Final = Path(__file__).with_name("results")
Cell = str | int | float | None


class _Figures(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Machine(_Figures):
    """The machine of a measurement."""

    processor: str
    cores: int
    python: str
    system: str
    load: float
    """One-minute load average at the start, caused by other processes."""


class Goal(_Figures):
    """A figure with its limit."""

    what: str
    rule: Literal["at most", "at least", "exactly"]
    limit: float
    measured: float

    @property
    def met(self) -> bool:
        """Return whether the figure is within the limit, which is inclusive."""
        if self.rule == "exactly":
            return self.measured == self.limit
        return (self.measured - self.limit) * (1 if self.rule == "at least" else -1) >= 0


class ResultTable(_Figures):
    """Rows with the same columns; units are in the column names."""

    title: str
    rows: list[dict[str, Cell]]


class Measured(_Figures):
    """A benchmark's figures; `about` is its title and description in Markdown."""

    benchmark: str
    about: str
    goals: list[Goal]
    tables: list[ResultTable]


class Result(Measured):
    """The content of a file in `results/`; benchmarks on public data add figures of their own."""

    model_config = ConfigDict(frozen=True, extra="allow")

    command: str
    date: datetime
    machine: Machine


def machine() -> Machine:
    """Return this machine with its current load."""
    return Machine(
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1,
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        load=round(os.getloadavg()[0], 1),
    )


def main(name: str, measure: Callable[[], Measured], arguments: Sequence[str] | None = None) -> int:
    """Run `python -m benchmarks.NAME [--json FILE]`; print the goals and return 0."""
    parser = ArgumentParser(prog=f"python -m benchmarks.{name}")
    parser.add_argument("--json", type=Path, help="also write the result to this file")
    file: Path | None = parser.parse_args(arguments).json
    here = machine()
    measured = measure()
    for goal in measured.goals:
        verdict = "met" if goal.met else "MISSED"
        print(f"{verdict}: {goal.what}: {goal.measured:g}, {goal.rule} {goal.limit:g}")
    if file:
        result = Result(
            **measured.model_dump(),
            command=shlex.join(["python", "-m", f"benchmarks.{name}"]),
            date=datetime.now(UTC).replace(microsecond=0),
            machine=here,
        )
        file.write_text(result.model_dump_json(indent=1) + "\n")
    return 0


def _processor() -> str:
    """Return the processor's model name from /proc, or the platform's name for it."""
    table = Path("/proc/cpuinfo")
    lines = table.read_text().splitlines() if table.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
