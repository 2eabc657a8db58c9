"""Cost of the analysis core: import, size, and a bundle of 300 series of 600 points.

The bundle is generated from a seed: a hundred services that call one another in a tree, each with
requests, errors and latency; one fails after its deployment. Times are processor times, medians of
three. *Streaming* reads every series point by point; the seats are those of detection and
prediction that use no language model.
"""

import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.result import Cell, Goal, Measured, ResultTable, main
from functions.detection.methods import METHODS as DETECTION
from functions.detection.streaming_anomaly import readings
from functions.prediction.methods import METHODS as PREDICTION
from quorum.domain.base import OutsiderText
from quorum.domain.errors import PermanentError
from quorum.domain.evidence import Alarm, Bundle, Candidate, Change, Edge, Series
from quorum.seats.seat import Deps

SEED: Final = 7
SERIES, POINTS = 300, 600
GROWTH: Final = ((75, 600), (150, 600), (300, 600), (300, 150), (300, 300))
TAKEN: Final = 1_800_000_000
ONSET: Final = TAKEN - 600
PERIOD: Final = 60
ROUNDS: Final = 3
LIMIT_MS: Final = 5000
SEATS: Final = ("robust-z", "signature", "counterfactual", "burn-rate")
CORE: Final = (
    "functions.detection.streaming_anomaly",
    "functions.prediction.breach_forecast",
    "functions.prediction.interval_forecast",
    "functions.prediction.burn_rules",
    "functions.prediction.blast_radius",
)
OWN: Final = (*CORE, "functions.detection.novelty", "functions.detection.series_views")
_ROOT: Final = Path(__file__).parents[1]
_PROBE: Final = """
import importlib, sys, time
from quorum.seats.signals import traffic, distributions
from quorum.domain import call_graph
began = time.process_time()
for name in sys.argv[1:]:
    importlib.import_module(name)
print(time.process_time() - began)
"""


def measure() -> Measured:
    """Measure the core's import time and size, and its run time on bundles of several sizes."""
    rows = [_row(*size) for size in GROWTH]
    (full,) = (row for row in rows if (row["series"], row["points"]) == (SERIES, POINTS))
    slowest = max(float(full[name] or 0) for name in SEATS)
    kilobytes = sum((_ROOT / f"{name.replace('.', '/')}.py").stat().st_size for name in OWN) / 1024
    cost: dict[str, Cell] = {
        "import ms, beyond the seats' other imports": round(_import_ms(), 1),
        "source KiB": round(kilobytes, 1),
        "third-party packages": 0,
    }
    goal = Goal(
        what=f"slowest seat on {SERIES} series of {POINTS} points, ms",
        rule="at most", limit=LIMIT_MS, measured=slowest,
    )  # fmt: skip
    return Measured(
        benchmark="analysis_cost",
        about=__doc__ or "",
        goals=[goal],
        tables=[
            ResultTable(title="Cost added to a handler", rows=[cost]),
            ResultTable(title="Processor time, ms", rows=rows),
        ],
    )


def drawn(series: int, points: int) -> Bundle:
    """Return a bundle with `series` series of `points` points each."""
    dice = random.Random(SEED)  # noqa: S311
    names = [f"lambda:service-{n}" for n in range(series // 3)]
    broken = names[-1]
    change = Change(
        id="release", resource=broken, kind="alias", setting="live",
        not_before=ONSET - 30, at=ONSET - 30, before="1", after="2",
    )  # fmt: skip
    undo = Candidate(
        id="lambda.rollback_alias:000000000000", verb="lambda.rollback_alias",
        resource=broken, parameters={},
        summary="", cites=("release",), observed={},
    )  # fmt: skip
    return Bundle(
        incident_id="0" * 32,
        round=1,
        taken_at=datetime.fromtimestamp(TAKEN, UTC),
        alarms=(_alarm(broken),),
        onset=ONSET,
        series=tuple(one for n in names for one in _service(dice, n, points, failing=n == broken)),
        changes=(change,),
        edges=tuple(Edge(caller=names[n // 2], callee=names[n]) for n in range(1, len(names))),
        candidates=(undo,),
    )


def _service(dice: random.Random, name: str, points: int, *, failing: bool) -> list[Series]:
    times = range(TAKEN - points * PERIOD, TAKEN, PERIOD)
    measures: Mapping[str, Callable[[int], float]] = {
        "requests": lambda _: float(dice.randint(80, 120)),
        "errors": lambda at: float(dice.randint(20, 40) if failing and at >= ONSET else 0),
        "latency": lambda _: dice.lognormvariate(3, 0.4),
    }
    return [
        Series.model_validate(
            {
                "id": f"{name}/{measure}",
                "resource": name,
                "measure": measure,
                "period_seconds": PERIOD,
                "points": tuple((at, draw(at)) for at in times),
                "alarmed": failing and measure == "errors",
            }
        )
        for measure, draw in measures.items()
    ]


def _alarm(resource: str) -> Alarm:
    return Alarm(
        name="errors", arn="arn:aws:cloudwatch:eu-central-1:000000000000:alarm:errors",
        kind="metric", account="000000000000", region="eu-central-1", resources=(resource,),
        fired_at=datetime.fromtimestamp(ONSET + 120, UTC), reason=OutsiderText.of(""),
        statistic="Sum", threshold=3.0, comparison="GreaterThanThreshold",
    )  # fmt: skip


def _row(series: int, points: int) -> dict[str, Cell]:
    bundle = drawn(series, points)
    methods = {**DETECTION, **PREDICTION}
    row: dict[str, Cell] = {"series": series, "points": points}
    row["streaming"] = _ms(lambda: [readings(s.points) for s in bundle.series])
    for name in SEATS:
        row[name] = _ms(partial(_run, methods[name], bundle))
    return row


def _run(method: Callable[[Bundle, Deps], object], bundle: Bundle) -> object:
    try:
        return method(bundle, Deps())
    except PermanentError:
        return None


def _ms(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return round(1000 * median(taken), 1)


def _import_ms() -> float:
    """Return the median import time of nine fresh interpreters, in milliseconds."""
    command = [sys.executable, "-c", _PROBE, *CORE]
    runs = [
        subprocess.run(command, check=True, capture_output=True, text=True, cwd=_ROOT)
        for _ in range(9)
    ]
    return 1000 * median(float(run.stdout) for run in runs)


if __name__ == "__main__":
    sys.exit(main("analysis_cost", measure))
