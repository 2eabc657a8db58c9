"""Cost of diagnosis: import, and a bundle of 300 series of 600 points.

The bundle is generated from a seed: a hundred services that call one another in a tree, each with
requests, errors and latency; the last one is slow. Times are processor times, medians of three.
*Topology* is the seat's whole method, *change* the attribution among twenty changes.
"""

import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from typing import Final

from benchmarks.result import Cell, Goal, Measured, ResultTable, main
from functions.diagnosis.change_blame import blame
from functions.diagnosis.deepest_anomaly import deepest_anomaly
from quorum.domain.base import OutsiderText
from quorum.domain.evidence import Alarm, Bundle, Change, Edge, Measure, Series
from quorum.seats.seat import Deps

SEED: Final = 7
GROWTH: Final = ((75, 600), (150, 600), (300, 600), (300, 150), (300, 300))
PERIOD: Final = 60
AFTER: Final = 10
LIMIT_MS: Final = 5000
ROUNDS: Final = 3
FRAME: Final = "import boto3, aws_lambda_powertools, pydantic; import quorum.domain.evidence"
CORE: Final = "import functions.diagnosis.root_cause, functions.diagnosis.change_blame"
MEASURES: Final[tuple[Measure, ...]] = ("requests", "errors", "latency")


def measure() -> Measured:
    """Measure the import relative to a handler's other imports, and five sizes of bundles."""
    rows = [_row(*size) for size in GROWTH]
    slowest = max(float(row[name] or 0) for row in rows for name in ("topology", "change"))
    before, after = _seconds(FRAME), _seconds(f"{FRAME}; {CORE}")
    goals = [
        Goal(what="slowest diagnosis, ms", rule="at most", limit=LIMIT_MS, measured=slowest),
        Goal(
            what="import with the core, times that of boto3, powertools and pydantic",
            rule="at most",
            limit=1.3,
            measured=round(after / before, 3),
        ),
    ]
    tables = [ResultTable(title="Processor time, ms", rows=rows)]
    return Measured(benchmark="diagnosis_cost", about=__doc__ or "", goals=goals, tables=tables)


def drawn(series: int, points: int) -> Bundle:
    """Return a bundle with `series` series of `points` points each."""
    dice = random.Random(SEED)  # noqa: S311
    names = [f"lambda:service-{n}" for n in range(series // 3)]
    onset = (points - AFTER) * PERIOD
    slow = {names[-1]}
    edges = []
    for n in reversed(range(1, len(names))):
        caller = names[(n - 1) // 2]
        edges.append(Edge(caller=caller, callee=names[n]))
        slow |= {caller} if names[n] in slow else set()
    return Bundle(
        incident_id="0" * 32,
        round=1,
        taken_at=datetime.fromtimestamp(points * PERIOD, UTC),
        alarms=(_alarm(names[0], onset),),
        onset=onset,
        series=tuple(
            _series(dice, name, m, points, onset if name in slow else None)
            for name in names
            for m in MEASURES
        ),
        changes=tuple(_change(names[n % len(names)], onset - 60 * n) for n in range(20)),
        edges=tuple(edges),
    )


def _series(
    dice: random.Random, name: str, what: Measure, points: int, onset: int | None
) -> Series:
    level = {"requests": 100.0, "errors": 0.5, "latency": 50.0}[what]
    times = (n * PERIOD for n in range(points))
    late = 60.0 if what == "latency" else 0.0
    return Series(
        id=f"{name}/{what}",
        resource=name,
        measure=what,
        statistic="Average" if what == "latency" else "Sum",
        period_seconds=PERIOD,
        points=tuple(
            (at, level * dice.uniform(0.9, 1.1) + late * (onset is not None and at >= onset))
            for at in times
        ),
        alarmed=what == "latency" and name.endswith("-0"),
    )


def _alarm(resource: str, onset: int) -> Alarm:
    return Alarm(
        name="slow",
        arn="slow",
        kind="metric",
        account="0" * 12,
        region="eu-west-1",
        resources=(resource,),
        fired_at=datetime.fromtimestamp(onset, UTC),
        reason=OutsiderText(outsider=""),
    )


def _change(resource: str, at: int) -> Change:
    return Change(
        id=f"{resource}/{at}",
        resource=resource,
        kind="alias",
        setting="live",
        not_before=at,
        at=at,
        before="1",
        after="2",
        diff=OutsiderText.of("-limit: 50\n+limit: 10"),
    )


def _row(series: int, points: int) -> dict[str, Cell]:
    bundle = drawn(series, points)
    return {
        "series": series,
        "points": points,
        "topology": _ms(lambda: deepest_anomaly(bundle, Deps())),
        "change": _ms(lambda: blame(bundle)),
    }


def _ms(work: Callable[[], object]) -> float:
    return round(1000 * median(_timed(work) for _ in range(ROUNDS)), 1)


def _timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _seconds(imports: str) -> float:
    """Return the median processor time in seconds of the imports in a fresh interpreter."""
    probe = f"import time; b = time.process_time(); {imports}; print(time.process_time() - b)"
    command = [sys.executable, "-c", probe]
    return median(
        float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        for _ in range(ROUNDS)
    )


if __name__ == "__main__":
    sys.exit(main("diagnosis_cost", measure))
