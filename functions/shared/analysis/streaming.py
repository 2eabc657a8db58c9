"""How unusual is the newest point of a series? Causal, one pass, bounded memory, no fitting.

Each view of the series (its value, its jumps, its distance from the time of day …) is watched for
the unprecedented: a value that was not nearly reached for a thousand points has a tail probability
of about a thousandth (`records`). A series is as unusual as its views are together. Whoever was
unusual often has to be more so to be it again, and what was reported is not for a while.

The views, margins and handicaps were chosen on public labelled series: see `docs/benchmarks.md`,
which also says how well that does where it was not chosen.
"""

from collections import deque
from collections.abc import Iterable
from math import isfinite, log10
from typing import Final, NamedTuple

from functions.shared.analysis.records import Record
from functions.shared.analysis.views import VIEWS, Window


class Watch(NamedTuple):
    """What is watched: a view, upwards or downwards."""

    view: str
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
    """About the log10 of one over the tail probability; 0 is nothing unusual."""
    news: bool
    """It is more unusual than all that the series did of late."""

    @property
    def tail(self) -> float:
        """Return how probable a point as unusual as this is while nothing is wrong."""
        return min(1.0, float(10 ** (OFFSET - self.score)))


TUNING: Final = Tuning(
    watches=(
        Watch("value", 1, 0.03, 0.0),
        Watch("value", -1, 0.03, 0.0),
        Watch("jump", 1, 0.1, -0.3),
        Watch("beside 24", -1, 0.03, -0.3),
        Watch("season", -1, 0.03, 0.3),
        Watch("season", 1, 0.03, 0.3),
        Watch("moved 12", 1, 0.03, 0.3),
        Watch("mean 12", 1, 0.1, -0.3),
    ),
    softness=0.15,
    youth=0.7,
    grown=1500,
    wariness=0.06,
    reportable=2.5,
    quiet=80,
)
OFFSET: Final = 0.0
"""Several views give a chance each, and youth is granted: the log10 of what that makes of a tail."""
YOUNG_RECORD: Final = 63
"""An age from which on a record counts at all."""


class Detector:
    """One series, point by point. What it remembers does not grow with the series."""

    def __init__(self, tuning: Tuning | None = None) -> None:
        self._tuning = tuning or TUNING
        self._window = Window()
        self._records = {(w.view, w.sign): Record() for w in self._tuning.watches}
        self._margins = {
            key: tuple(w.margin for w in self._tuning.watches if (w.view, w.sign) == key)
            for key in self._records
        }
        self._seen = self._reports = 0
        self._highest: deque[tuple[int, float]] = deque()
        """Place and score of the highest of late, descending."""

    def see(self, at: int, value: float) -> Reading:
        """Return how unusual the point is. `at` is in epoch seconds.

        What is not a finite number is a gap: nothing is learned from it.
        """
        if not isfinite(value):
            return Reading(0.0, news=False)
        self._window.add(at, value)
        self._seen += 1
        score = self._together(self._ages())
        if not score:
            return Reading(0.0, news=False)
        score -= self._tuning.wariness * self._reports
        news = self._is_news(score)
        self._reports += news and score > self._tuning.reportable
        return Reading(score, news)

    def _ages(self) -> dict[tuple[str, int, float], int]:
        """Return how long each watched view has not been as high, by view, sign and margin."""
        seen = {view: VIEWS[view](self._window) for view, _ in self._records}
        found = {}
        for (view, sign), record in self._records.items():
            margins = self._margins[view, sign]
            for margin, age in zip(margins, record.add(sign * seen[view], margins), strict=True):
                found[view, sign, margin] = age
        return found

    def _together(self, ages: dict[tuple[str, int, float], int]) -> float:
        """Return the views' common score; 0 where none is old enough to count."""
        tuning, whole = self._tuning, 0.0
        for view, sign, margin, handicap in tuning.watches:
            age = ages[view, sign, margin]
            if age > YOUNG_RECORD:
                whole += float(10 ** ((log10(age) - handicap) / tuning.softness))
        if not whole:
            return 0.0
        granted = tuning.youth * log10(tuning.grown / min(tuning.grown, self._seen))
        return tuning.softness * log10(whole) + granted

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
