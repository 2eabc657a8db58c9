"""Anomalies in labelled series, scored as nab does: `python -m benchmarks.anomaly --data DIR`.

The detector is `functions.detection.streaming_anomaly`, point by point in the order of the file:
it sees neither what follows, nor a file's length, least or greatest value.
"""

import sys
import time
import tracemalloc
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks import dataset
from benchmarks.anomaly_choice import chosen_without, scored
from benchmarks.nab import Labelled, corpus, outputs
from benchmarks.nab_score import PROFILES, Mark, Point, Profile, at, best, curve, marks, normalised
from benchmarks.result import Cell, Goal, Measured, Table
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


class Judged(NamedTuple):
    """What a detector's scores of a corpus come to in one profile."""

    threshold: float
    whole: float
    by_category: dict[str, float]
    threshold_left_out: float
    """The same with each category's threshold chosen on the others."""


def score(reading: AnomalyReading) -> float:
    """Return what is scored: nothing for what was reported already."""
    return max(0.0, reading.score) if reading.is_new else 0.0


def judge(files: Sequence[Labelled], scores: Sequence[Scores], profile: Profile) -> Judged:
    """Return how good the scores are with one threshold for all files."""
    given = [marks(file, s) for file, s in zip(files, scores, strict=True)]
    windows = sum(len(file.windows) for file in files)
    categories = sorted({file.category for file in files})
    threshold = best(curve(given, windows, profile)).threshold
    parts = {c: _split(files, given, c, profile) for c in categories}
    own = {c: at(part, threshold) for c, (part, _, _) in parts.items()}
    blind = sum(at(part, best(rest).threshold) for part, rest, _ in parts.values())
    return Judged(
        threshold,
        normalised(sum(own.values()), windows, profile),
        {c: normalised(own[c], count, profile) for c, (_, _, count) in parts.items()},
        normalised(blind, windows, profile),
    )


def left_out(files: Sequence[Labelled]) -> dict[str, float]:
    """Return the scores with each category's tuning and thresholds found on the others."""
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
    """Return the curve of the category, that of the others, and how many windows it has."""
    mine = [n for n, file in enumerate(files) if file.category == category]
    rest = [n for n in range(len(files)) if n not in mine]
    count, other = (sum(len(files[n].windows) for n in part) for part in (mine, rest))
    return (
        curve([given[n] for n in mine], count, profile),
        curve([given[n] for n in rest], other, profile),
        count,
    )


def measure(data: Path) -> tuple[Measured, dataset.Figures]:
    """Score the detector, and the stored outputs of others, on the corpus in the directory."""
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
        Table(
            title="Beside others", rows=[*_ours(ours, blind), *_checked(files, data), *_others()]
        ),
        Table(title="By category, one threshold per profile", rows=_by_category(files, ours)),
        Table(title="Reported tail probability, outside the windows", rows=_tails(files, seen)),
        Table(title="Cost", rows=[{"µs per point": round(micros, 1), "bytes per series": kept}]),
    ]
    return Measured(benchmark="anomaly", about=_ABOUT, goals=goals, tables=tables), figures


_ABOUT: Final = (
    "Unusual points of labelled series.\n"
    "The nab format (Lavin and Ahmad, 2015). Our scorer is checked first, on stored outputs of two "
    "detectors where the directory has them: CAD OSE must come to 69.90, 66.98 and 73.18, the "
    "windowed Gaussian to 39.65, 20.87 and 47.41. *Causal*: no more is known at a point than what "
    "came before; the others' published runs were given each file's least and greatest value. "
    "Views, margins and handicaps were searched on the labels (how and how often: "
    "`anomaly_choice.py`), so the first row is in-sample. *Left out*: both the configuration and "
    "the threshold that score a category were searched on the other categories alone. Expect that "
    "on new series. *Threshold left out*: the shipped configuration, which "
    "has seen all labels, with each category's threshold from the others."
)


def _ours(ours: Mapping[str, Judged], blind: Mapping[str, float]) -> list[dict[str, Cell]]:
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
    """Return what our scorer says of the stored outputs beside the data."""
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


def _by_category(files: Sequence[Labelled], ours: Mapping[str, Judged]) -> list[dict[str, Cell]]:
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
    """Return how often a tail probability came up where nothing is labelled."""
    calm = [
        reading.tail
        for file, found in zip(files, seen, strict=True)
        for row, reading in enumerate(found)
        if row >= file.probation and not any(w.first <= row <= w.last for w in file.windows)
    ]
    return [
        {
            "reported at most": tail,
            "came up": float(f"{sum(t <= tail for t in calm) / len(calm):.2g}"),
        }
        for tail in TAILS
    ]


def _bytes(file: Labelled) -> int:
    """Return what a detector holds after the file."""
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
