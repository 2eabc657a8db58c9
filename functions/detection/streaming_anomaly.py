"""Streaming anomaly detector: causal, one pass, bounded memory, no fitting.

Each view of the series (its value, its jumps, its distance from the time of day …) is watched for
unprecedented values: a value not nearly reached for a thousand points has a tail probability of
about a thousandth (`novelty`). The views' scores are combined. A series that was reported often has
to be more unusual to be reported again, and a reported level is muted for a while.

The views, margins and handicaps were chosen on public labelled series: see `docs/benchmarks.md`,
also for the performance on series that they were not chosen on.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from math import isfinite, log10
from math import pow as fpow
from typing import Final, NamedTuple

from functions.detection.novelty import PeakHistory
from functions.detection.series_views import (
    SeriesWindow,
    deviation_from_recent,
    jump,
    level,
    newest_value,
    seasonal_deviation,
)


class ViewTuning(NamedTuple):
    """A watched view, upwards (`sign` 1) or downwards (-1)."""

    view: Callable[[SeriesWindow], float]
    sign: int
    margin: float
    """Distance beyond its record that a value needs, in ranges of the view so far."""
    handicap: float
    """Subtracted from its log10 age."""


class Tuning(NamedTuple):
    """Parameters of the combination of views. Times are in points."""

    views: tuple[ViewTuning, ...]
    softness: float
    """Degree to which agreeing views add up: at 0 only the greatest counts."""
    young_bonus: float
    """Compensation of a young series, whose records cannot be old: 1 is all of it."""
    mature_age: int
    """Age from which there is no such bonus."""
    report_penalty: float
    """Score that each earlier report adds to the next one's threshold."""
    report_threshold: float
    """Log10 age that counts as a report."""
    quiet_points: int
    """Points for which a report mutes anything less unusual."""


class AnomalyReading(NamedTuple):
    """Result for one point."""

    score: float
    """Score to rank points by, in decades; 0 is not unusual."""
    tail: float
    """Probability of a point as unusual as this without a fault."""
    is_new: bool
    """True if it is more unusual than all recent points."""


TUNING: Final = Tuning(
    views=(
        ViewTuning(newest_value, 1, 0.03, 0.0),
        ViewTuning(newest_value, -1, 0.03, 0.0),
        ViewTuning(jump, 1, 0.03, 0.15),
        ViewTuning(jump, 1, 0.1, -0.3),
        ViewTuning(level, 1, 0.03, 0.15),
        ViewTuning(level, 1, 0.1, 0.0),
        ViewTuning(level, -1, 0.1, -0.15),
        ViewTuning(deviation_from_recent, -1, 0.3, -0.3),
        ViewTuning(seasonal_deviation, -1, 0.03, 0.15),
    ),
    softness=0.3,
    young_bonus=0.5,
    mature_age=1500,
    report_penalty=0.06,
    report_threshold=2.6,
    quiet_points=110,
)
OFFSET: Final = 0.3
"""Correction for several views: the tail is twice that of a single one."""
NOTHING: Final = AnomalyReading(0.0, 1.0, is_new=False)
ROUNDING: Final = 1e-9
"""Moves smaller than this, relative to the greatest value, are rounding errors."""
MIN_AGE: Final = 63
"""Age from which a record counts at all."""


class _ViewState(NamedTuple):
    """A view and a direction, with its peaks and parameters."""

    view: Callable[[SeriesWindow], float]
    sign: int
    peaks: PeakHistory
    margins: tuple[float, ...]
    shares: tuple[float, ...]
    """Weight of each margin's age, once raised to the power."""
    power: float


def _view_states(tuning: Tuning) -> Iterator[_ViewState]:
    for view, sign in dict.fromkeys((w.view, w.sign) for w in tuning.views):
        tunings = [w for w in tuning.views if (w.view, w.sign) == (view, sign)]
        shares = tuple(float(10 ** (-w.handicap / tuning.softness)) for w in tunings)
        margins = tuple(w.margin for w in tunings)
        yield _ViewState(view, sign, PeakHistory(), margins, shares, 1 / tuning.softness)


class AnomalyDetector:
    """Detector for one series, point by point, in constant memory."""

    def __init__(self, tuning: Tuning | None = None) -> None:
        self._tuning = tuning or TUNING
        self._window = SeriesWindow()
        self._views = [*_view_states(self._tuning)]
        self._seen = self._reports = 0
        self._highest: deque[tuple[int, float]] = deque()
        """Position and score of the highest recent points, descending."""

    def observe(self, at: int, value: float) -> AnomalyReading:
        """Return the reading of the point. `at` is in epoch seconds.

        A value that is not finite is a gap: nothing is learned from it.
        """
        if not isfinite(value):
            return NOTHING
        self._window.add(at, value)
        self._seen += 1
        total = sum(self._weight(view) for view in self._views)
        return self._reading(total) if total else NOTHING

    def _weight(self, view: _ViewState) -> float:
        """Return the contribution of a view's records; 0 if none is old enough to count."""
        least = ROUNDING * self._window.magnitude
        ages = view.peaks.observe(view.sign * view.view(self._window), view.margins, least)
        return sum(
            fpow(age, view.power) * share
            for age, share in zip(ages, view.shares, strict=True)
            if age > MIN_AGE
        )

    def _reading(self, total: float) -> AnomalyReading:
        tuning = self._tuning
        bonus = tuning.young_bonus * log10(tuning.mature_age / min(tuning.mature_age, self._seen))
        score = tuning.softness * log10(total) + bonus - tuning.report_penalty * self._reports
        is_new = self._exceeds_recent(score)
        self._reports += is_new and score > tuning.report_threshold
        tail = max(1 / (self._seen + 1), fpow(10, OFFSET - score))
        return AnomalyReading(score, min(1.0, tail), is_new)

    def _exceeds_recent(self, score: float) -> bool:
        """Return whether the score exceeds all recent ones, and remember it."""
        highest = self._highest
        while highest and highest[0][0] < self._seen - self._tuning.quiet_points:
            highest.popleft()
        is_new = not highest or score > highest[0][1]
        while highest and highest[-1][1] <= score:
            highest.pop()
        highest.append((self._seen, score))
        return is_new


def readings(
    points: Iterable[tuple[int, float]], tuning: Tuning | None = None
) -> list[AnomalyReading]:
    """Return the reading of each point of a series, oldest first."""
    detector = AnomalyDetector(tuning)
    return [detector.observe(at, value) for at, value in points]
