"""Anomaly detection in labelled series, by NAB score: `python -m benchmarks.anomaly --data DIR`.

The detector is `functions.detection.streaming_anomaly`. It reads a file point by point and knows
neither later points nor the file's length, minimum or maximum.
"""

import sys
import time
import tracemalloc
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks import dataset
from benchmarks.anomaly_tuning import chosen_without, scored
from benchmarks.nab import Labelled, corpus, outputs
from benchmarks.nab_score import PROFILES, Mark, Point, Profile, at, best, curve, marks, normalised
from benchmarks.result import Cell, Goal, Measured, ResultTable
from functions.detection.streaming_anomaly import AnomalyDetector, AnomalyReading, Tuning, readings

PUBLISHED: Final[tuple[tuple[str, float, float, float], ...]] = (
    ("ARTime", 74.85, 65.15, 80.36),
    ("Numenta HTM", 70.10, 63.21, 74.32),
    ("CAD OSE", 69.90, 66.98, 73.18),
    ("earthgecko Skyline", 58.20, 46.20, 63.80),
    ("AWS Random Cut Forest", 51.72, 38.36, 59.75),
)
GOALS: Final = (("standard", 70.0), ("low_fp", 63.0))
CLOUDWATCH: Final = ("realAWSCloudwatch", 73.4)
TAILS: Final = (1e-2, 3e-3, 1e-3, 3e-4)
Scores = Sequence[float]


class ScoredSeries(NamedTuple):
    """A detector's result on the corpus in one profile."""

    threshold: float
    whole: float
    by_category: dict[str, float]
    threshold_left_out: float
    """The result with each category's threshold chosen on the other categories."""


def score(reading: AnomalyReading) -> float:
    """Return the reading's score; 0 for an anomaly that was reported before."""
    return max(0.0, reading.score) if reading.is_new else 0.0


def judge(files: Sequence[Labelled], scores: Sequence[Scores], profile: Profile) -> ScoredSeries:
    """Return the result of the scores with one threshold for all files."""
    given = [marks(file, s) for file, s in zip(files, scores, strict=True)]
    windows = sum(len(file.windows) for file in files)
    categories = sorted({file.category for file in files})
    threshold = best(curve(given, windows, profile)).threshold
    parts = {c: _split(files, given, c, profile) for c in categories}
    own = {c: at(part, threshold) for c, (part, _, _) in parts.items()}
    blind = sum(at(part, best(rest).threshold) for part, rest, _ in parts.values())
    return ScoredSeries(
        threshold,
        normalised(sum(own.values()), windows, profile),
        {c: normalised(own[c], count, profile) for c, (_, _, count) in parts.items()},
        normalised(blind, windows, profile),
    )


def left_out(files: Sequence[Labelled]) -> dict[str, float]:
    """Return the results by profile with tuning and thresholds searched on other categories."""
    windows = sum(len(file.windows) for file in files)
    worth = {name: -profile.missed * windows for name, profile in PROFILES.items()}
    for category in sorted({file.category for file in files}):
        mine = [file for file in files if file.category == category]
        tuning, thresholds = chosen_without(category)
        given = [marks(file, run(file, tuning)) for file in mine]
        count = sum(len(file.windows) for file in mine)
        for name, profile in PROFILES.items():
            points = curve(given, count, profile)
            worth[name] += at(points, thresholds[name]) + profile.missed * count
    return {n: round(normalised(worth[n], windows, p), 2) for n, p in PROFILES.items()}


def run(file: Labelled, tuning: Tuning | None = None) -> list[float]:
    """Return the detector's scores of a file."""
    return [score(r) for r in readings(zip(file.times, file.values, strict=True), tuning)]


def _split(
    files: Sequence[Labelled], given: Sequence[Sequence[Mark]], category: str, profile: Profile
) -> tuple[list[Point], list[Point], int]:
    """Return the curves of the category and of the others, and the category's window count."""
    mine = [n for n, file in enumerate(files) if file.category == category]
    rest = [n for n in range(len(files)) if n not in mine]
    count, other = (sum(len(files[n].windows) for n in part) for part in (mine, rest))
    return (
        curve([given[n] for n in mine], count, profile),
        curve([given[n] for n in rest], other, profile),
        count,
    )


def measure(data: Path) -> tuple[Measured, dataset.Figures]:
    """Score the detector, and stored outputs of other detectors, on the corpus in the directory."""
    files = corpus(data)
    points = sum(len(file.times) for file in files)
    began = time.process_time()
    seen = [readings(zip(f.times, f.values, strict=True)) for f in files]
    micros = (time.process_time() - began) / points * 1e6
    scores = [[score(r) for r in file] for file in seen]
    ours = {name: judge(files, scores, profile) for name, profile in PROFILES.items()}
    blind = left_out(files)
    kept = max(_bytes(file) for file in files[:: len(files) // 4 or 1])
    figures = {
        **{name: round(found.whole, 2) for name, found in ours.items()},
        "by_category": {
            name: {c: round(value, 2) for c, value in found.by_category.items()}
            for name, found in ours.items()
        },
        "left_out_category": blind,
        "left_out_category_threshold_only": {
            name: round(found.threshold_left_out, 2) for name, found in ours.items()
        },
        "thresholds": {name: round(found.threshold, 4) for name, found in ours.items()},
        "configurations_scored": scored(),
        "causal": True,
        "files": len(files),
        "microseconds_per_point": round(micros, 1),
        "bytes_per_series": kept,
    }
    cloud, limit = CLOUDWATCH
    goals = [
        goal
        for n, least in GOALS
        for goal in (
            Goal(what=f"{n}, in-sample", rule="at least", limit=least,
                 measured=round(ours[n].whole, 2)),
            Goal(what=f"{n}, all left out", rule="at least", limit=least, measured=blind[n]),
        )
    ]  # fmt: skip
    goals.append(
        Goal(what="standard on CloudWatch files, in-sample", rule="at least", limit=limit,
             measured=round(ours["standard"].by_category.get(cloud, 0.0), 2))
    )  # fmt: skip
    tables = [
        ResultTable(
            title="Comparison with other detectors",
            rows=[*_ours(ours, blind), *_checked(files, data), *_others()],
        ),
        ResultTable(title="By category, one threshold per profile", rows=_by_category(files, ours)),
        ResultTable(title="Tail probabilities outside the windows", rows=_tails(files, seen)),
        ResultTable(
            title="Cost", rows=[{"µs per point": round(micros, 1), "bytes per series": kept}]
        ),
    ]
    return Measured(benchmark="anomaly", about=_ABOUT, goals=goals, tables=tables), figures


_ABOUT: Final = (
    "Anomaly detection in labelled series.\n"
    "The NAB format (Lavin and Ahmad, 2015). Our scorer is checked on stored outputs of two "
    "detectors if the directory has them: CAD OSE must score 69.90, 66.98 and 73.18, the "
    "windowed Gaussian 39.65, 20.87 and 47.41. *Causal*: a point is scored with earlier points "
    "only; the other detectors' published runs were given each file's minimum and maximum. "
    "Views, margins and handicaps were searched on the labels (`anomaly_tuning.py` has the "
    "method and the number of trials), so the first row is in-sample. *All left out*: both "
    "configuration and threshold for a category were searched on the other categories alone, "
    "which is the result to expect on new series. *Threshold left out*: the shipped "
    "configuration, which was searched on all labels, with each category's threshold from the "
    "others."
)


def _ours(ours: Mapping[str, ScoredSeries], blind: Mapping[str, float]) -> list[dict[str, Cell]]:
    rows = {
        "this detector": {name: found.whole for name, found in ours.items()},
        "this, threshold left out": {n: found.threshold_left_out for n, found in ours.items()},
        "this, all left out": blind,
    }
    return [
        {"detector": name, **{p: round(row[p], 2) for p in PROFILES}, "causal": "yes"}
        for name, row in rows.items()
    ]


def _checked(files: Sequence[Labelled], data: Path) -> list[dict[str, Cell]]:
    """Return our scorer's results for the stored outputs beside the data."""
    rows: list[dict[str, Cell]] = []
    for archive in sorted(data.glob("results-*.tar.xz")):
        stored = outputs(archive)
        known = [file for file in files if len(stored.get(file.name, ())) == len(file.times)]
        given = [marks(file, stored[file.name]) for file in known]
        windows = sum(len(file.windows) for file in known)
        name = archive.name.removeprefix("results-").removesuffix(".tar.xz")
        whole = {
            p: round(normalised(best(curve(given, windows, profile)).worth, windows, profile), 2)
            for p, profile in PROFILES.items()
        }
        rows.append({"detector": f"{name}, scored by us", **whole, "causal": "no"})
    return rows


def _others() -> list[dict[str, Cell]]:
    return [
        {
            "detector": f"{name}, published",
            **dict(zip(PROFILES, values, strict=True)),
            "causal": "no",
        }
        for name, *values in PUBLISHED
    ]


def _by_category(
    files: Sequence[Labelled], ours: Mapping[str, ScoredSeries]
) -> list[dict[str, Cell]]:
    return [
        {
            "category": category,
            "files": sum(file.category == category for file in files),
            "windows": sum(len(f.windows) for f in files if f.category == category),
            **{name: round(found.by_category[category], 1) for name, found in ours.items()},
        }
        for category in sorted({file.category for file in files})
    ]


def _tails(
    files: Sequence[Labelled], seen: Sequence[Sequence[AnomalyReading]]
) -> list[dict[str, Cell]]:
    """Return the observed frequency of tail probabilities outside labelled windows."""
    calm = [
        reading.tail
        for file, found in zip(files, seen, strict=True)
        for row, reading in enumerate(found)
        if row >= file.probation and not any(w.first <= row <= w.last for w in file.windows)
    ]
    return [
        {
            "tail probability at most": limit,
            "observed frequency": float(f"{sum(t <= limit for t in calm) / len(calm):.2g}"),
        }
        for limit in TAILS
    ]


def _bytes(file: Labelled) -> int:
    """Return the bytes that a detector holds in memory after the file."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    detector = AnomalyDetector()
    for point in zip(file.times, file.values, strict=True):
        detector.observe(*point)
    kept = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return kept


if __name__ == "__main__":
    sys.exit(dataset.main("anomaly", measure))
