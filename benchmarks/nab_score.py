"""The score of the Numenta Anomaly Benchmark, from its paper (Lavin and Ahmad, 2015).

In a window only the earliest alarm counts, and counts more the earlier it is. A window without an
alarm has a cost, and so has each alarm outside windows, less just after a window. All files have
the same threshold. A detector that never alarms scores 0; one that alarms at the first row of each
window and nowhere else scores 100.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from math import exp, inf
from typing import Final, NamedTuple

from benchmarks.nab import AnomalyWindow, Labelled

FARTHEST: Final = 3.0
"""Distance after a window, in its widths, from which an alarm has the full cost."""


class Profile(NamedTuple):
    """Weights of a hit, of a missed window, and of an alarm outside windows."""

    hit: float
    missed: float
    false: float


PROFILES: Final[Mapping[str, Profile]] = {
    "standard": Profile(1.0, 1.0, 0.11),
    "low_fp": Profile(1.0, 1.0, 0.22),
    "low_fn": Profile(1.0, 2.0, 0.11),
}


class Mark(NamedTuple):
    """One row's alarm: the score that raises it, its worth, and its window, if any."""

    score: float
    worth: float
    window: int | None


class Point(NamedTuple):
    """A threshold and the total worth of the alarms at or above it."""

    threshold: float
    worth: float


def marks(file: Labelled, scores: Sequence[float]) -> list[Mark]:
    """Return the scored rows, with their worth for weights of 1."""
    found = []
    starts = [window.first for window in file.windows]
    for row in range(file.probation, len(scores)):
        place = bisect_right(starts, row) - 1
        window = file.windows[place] if place >= 0 else None
        if window is not None and row <= window.last:
            found.append(Mark(scores[row], _hit(window, row), place))
        else:
            found.append(Mark(scores[row], _false(window, row), None))
    return found


def curve(files: Iterable[Sequence[Mark]], windows: int, profile: Profile) -> list[Point]:
    """Return the worth at every distinct threshold, the highest first.

    A score of 0 never raises an alarm.
    """
    rows = [
        (m.score, n, m.worth, m.window) for n, file in enumerate(files) for m in file if m.score > 0
    ]
    rows.sort(key=lambda row: -row[0])
    best: dict[tuple[int, int], float] = {}
    worth, found = -profile.missed * windows, [Point(inf, -profile.missed * windows)]
    for score, alike in groupby(rows, key=lambda row: row[0]):
        for _, file, value, window in alike:
            if window is None:
                worth += profile.false * value
            else:
                before = best.get((file, window), -profile.missed)
                best[file, window] = max(before, profile.hit * value)
                worth += best[file, window] - before
        found.append(Point(score, worth))
    return found


def normalised(worth: float, windows: int, profile: Profile) -> float:
    """Return the worth on the scale from 0 (no alarm) to 100 (perfect); 0 without windows."""
    nothing = -profile.missed * windows
    return 100 * (worth - nothing) / (profile.hit * windows - nothing) if windows else 0.0


def best(points: Sequence[Point]) -> Point:
    """Return the point of greatest worth; of several, the one with the highest threshold."""
    return max(points, key=lambda point: (point.worth, point.threshold))


def at(points: Sequence[Point], threshold: float) -> float:
    """Return the worth at a threshold."""
    place = bisect_right(points, -threshold, key=lambda point: -point.threshold)
    return points[place - 1].worth


def _hit(window: AnomalyWindow, row: int) -> float:
    width = window.last - window.first + 1
    return _sigmoid(-(window.last - row + 1) / width) / _sigmoid(-1.0)


def _false(before: AnomalyWindow | None, row: int) -> float:
    if before is None:
        return -1.0
    return _sigmoid((row - before.last) / max(1, before.last - before.first))


def _sigmoid(y: float) -> float:
    return -1.0 if y > FARTHEST else 2 / (1 + exp(5 * y)) - 1
