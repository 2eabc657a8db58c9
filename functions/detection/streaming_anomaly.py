"""How unusual is the newest point of a series? Causal, one pass, bounded memory, no fitting.

Each view of the series (its value, its jumps, its distance from the time of day …) is watched for
the unprecedented: a value that was not nearly reached for a thousand points has a tail probability
of about a thousandth (`records`). A series is as unusual as its views are together. Whoever was
unusual often has to be more so to be it again, and what was reported is not for a while.

The views, margins and handicaps were chosen on public labelled series: see `docs/benchmarks.md`,
which also says how well that does where it was not chosen.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from math import isfinite, log10
from math import pow as fpow
from typing import Final, NamedTuple

from functions.detection.novelty import Record
from functions.detection.series_views import Window, beside, jump, level, season, value


class Watch(NamedTuple):
    """What is watched: a view, upwards or downwards."""

    view: Callable[[Window], float]
    sign: int
    margin: float
    """How far beyond its record a value must be, in ranges of the view so far."""
    handicap: float
    """Taken off its log10 age."""


class Tuning(NamedTuple):
    """How the views are put together. Times are in points."""

    watches: tuple[Watch, ...]
    softness: float
    """How much views that agree add up: 0 is the greatest alone."""
    youth: float
    """How much a young series, whose records cannot be old, is granted: 1 is all."""
    grown: int
    """The age at which it is granted nothing."""
    wariness: float
    """What each earlier report adds to what a new one needs."""
    reportable: float
    """Log10 age that counts as a report."""
    quiet: int
    """How long a report silences what is not more unusual."""


class Reading(NamedTuple):
    """What a point came to."""

    score: float
    """What points are ranked by, in decades; 0 is nothing unusual."""
    tail: float
    """How probable a point as unusual as this is while nothing is wrong."""
    news: bool
    """It is more unusual than all that the series did of late."""


TUNING: Final = Tuning(
    watches=(
        Watch(value, 1, 0.03, 0.0),
        Watch(value, -1, 0.03, 0.0),
        Watch(jump, 1, 0.03, 0.15),
        Watch(jump, 1, 0.1, -0.3),
        Watch(level, 1, 0.03, 0.15),
        Watch(level, 1, 0.1, 0.0),
        Watch(level, -1, 0.1, -0.15),
        Watch(beside, -1, 0.3, -0.3),
        Watch(season, -1, 0.03, 0.15),
    ),
    softness=0.3,
    youth=0.5,
    grown=1500,
    wariness=0.06,
    reportable=2.6,
    quiet=110,
)
OFFSET: Final = 0.3
"""Several views have a chance each: a tail is twice what one alone would tell."""
NOTHING: Final = Reading(0.0, 1.0, news=False)
ROUNDING: Final = 1e-9
"""Moves smaller than that, against the greatest value, are those of arithmetic."""
YOUNG_RECORD: Final = 63
"""An age from which on a record counts at all."""


class _Watched(NamedTuple):
    """A view and a direction, with all that is asked of its records."""

    view: Callable[[Window], float]
    sign: int
    record: Record
    margins: tuple[float, ...]
    shares: tuple[float, ...]
    """What each margin's age counts, once raised to the power."""
    power: float


def _watched(tuning: Tuning) -> Iterator[_Watched]:
    for view, sign in dict.fromkeys((w.view, w.sign) for w in tuning.watches):
        mine = [w for w in tuning.watches if (w.view, w.sign) == (view, sign)]
        shares = tuple(float(10 ** (-w.handicap / tuning.softness)) for w in mine)
        margins = tuple(w.margin for w in mine)
        yield _Watched(view, sign, Record(), margins, shares, 1 / tuning.softness)


class Detector:
    """One series, point by point. What it remembers does not grow with the series."""

    def __init__(self, tuning: Tuning | None = None) -> None:
        self._tuning = tuning or TUNING
        self._window = Window()
        self._watched = [*_watched(self._tuning)]
        self._seen = self._reports = 0
        self._highest: deque[tuple[int, float]] = deque()
        """Place and score of the highest of late, descending."""

    def see(self, at: int, value: float) -> Reading:
        """Return how unusual the point is. `at` is in epoch seconds.

        What is not a finite number is a gap: nothing is learned from it.
        """
        if not isfinite(value):
            return NOTHING
        self._window.add(at, value)
        self._seen += 1
        whole = sum(self._weight(one) for one in self._watched)
        return self._judged(whole) if whole else NOTHING

    def _weight(self, one: "_Watched") -> float:
        """Return what a view's records add; 0 where none is old enough to count."""
        least = ROUNDING * self._window.magnitude
        ages = one.record.add(one.sign * one.view(self._window), one.margins, least)
        return sum(
            fpow(age, one.power) * share
            for age, share in zip(ages, one.shares, strict=True)
            if age > YOUNG_RECORD
        )

    def _judged(self, whole: float) -> Reading:
        tuning = self._tuning
        granted = tuning.youth * log10(tuning.grown / min(tuning.grown, self._seen))
        score = tuning.softness * log10(whole) + granted - tuning.wariness * self._reports
        news = self._is_news(score)
        self._reports += news and score > tuning.reportable
        tail = max(1 / (self._seen + 1), fpow(10, OFFSET - score))
        return Reading(score, min(1.0, tail), news)

    def _is_news(self, score: float) -> bool:
        """Return whether the score is above all of late, and remember it."""
        highest = self._highest
        while highest and highest[0][0] < self._seen - self._tuning.quiet:
            highest.popleft()
        news = not highest or score > highest[0][1]
        while highest and highest[-1][1] <= score:
            highest.pop()
        highest.append((self._seen, score))
        return news


def readings(points: Iterable[tuple[int, float]], tuning: Tuning | None = None) -> list[Reading]:
    """Return the reading of each point of a series, oldest first."""
    detector = Detector(tuning)
    return [detector.see(at, value) for at, value in points]
