"""What would the alarmed series have done without the change? Forecast it, and compare.

For each candidate that undoes a change, the series before the change is fitted and forecast over
the rest. If the change is the cause, the series leaves the forecast just after it and stays away;
if it came too early, the series first follows a forecast that it should have left.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import log
from statistics import fmean, median
from typing import Final

from functions.prediction.alarm_forecast import outlook
from functions.prediction.forecast import forecast, forecasts
from functions.prediction.unproven_changes import unspoiled
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle, Change
from quorum.domain.votes import Opinion
from quorum.seats.seat import Deps
from quorum.seats.signals.change_windows import change_span, changes_undone
from quorum.seats.signals.distributions import (
    MAD_TO_SIGMA,
    log_mean,
    log_students,
    normalised,
)
from quorum.seats.signals.traffic import alarmed

UNLISTED: Final = 0.06
LAGS: Final = (0, 1, 2, 3, 5, 8)
"""Periods that a cause may take to show."""
DECAY: Final = 1.0
"""How much less likely each further period is, as a logarithm."""
SHARPNESS: Final = 0.85
"""Neighbouring points are not independent: their log-likelihood counts by this much."""
LEAST: Final = 5
RECENT: Final = 240
"""Points back from now that are looked at: a forecast forgets what is older."""

_MEASURES: Final[Mapping[str, str]] = {
    "latency": "latency is",
    "depth": "queue depth is",
    "capacity": "consumed capacity is",
    "other": "the alarmed metric is",
}

Seen = Sequence[tuple[int, float]]


def counterfactual(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return how likely each candidate's change is where the alarmed series left its forecast.

    Raises NotApplicableError without enough alarmed points or without a dated change.
    """
    seen = sorted(alarmed(bundle).items())[-RECENT:]
    undone = changes_undone(bundle)
    if len(seen) < 2 * LEAST or not undone:
        raise NotApplicableError(
            "too few points of the alarmed series, or no candidate undoes a change"
        )
    _, usual = forecast([value for at, value in seen if at < bundle.onset])
    cuts = _cuts([value for _, value in seen], usual)
    share = log((1 - UNLISTED) / len(undone))
    scores = {
        i: share + SHARPNESS * _fit(bundle, seen, cuts, change) for i, (_, change) in undone.items()
    }
    scores[""] = log(UNLISTED) + SHARPNESS * log_mean(cuts[LEAST:-1])
    found = normalised(scores)
    none, left = found.pop(""), _left(seen, bundle.onset)
    return Opinion(
        probabilities={i: p * left * unspoiled(bundle, undone[i][0]) for i, p in found.items()},
        none=none,
        reason=f"{_position(seen, bundle, left)}{outlook(bundle)}",
        cites=tuple(s.id for s in bundle.series if s.alarmed),
    )


def _fit(bundle: Bundle, seen: Seen, cuts: Sequence[float], change: Change) -> float:
    """Return the log-likelihood that the series leaves its forecast at the change, or soon after.

    A cut before which too little was seen cannot be judged: it fits as well as no cut.
    """
    period = min((b[0] - a[0] for a, b in pairwise(seen)), default=1)
    fits = []
    for date in change_span(bundle, change).grid(period):
        first = sum(at + period <= date for at, _ in seen)
        late = [cuts[min(first + lag, len(seen))] - DECAY * lag for lag in LAGS]
        fits.append(log_mean(late))
    return log_mean(fits)


def _cuts(values: Sequence[float], usual: float) -> list[float]:
    """Return, for each cut, how much better *left the forecast there* fits than never having.

    Without enough before the cut, or anything since, neither fits better.
    """
    ahead = forecasts(values)[LEAST:-1]
    judged = [_cut(values[cut:], ahead[cut - LEAST], usual) for cut in range(LEAST, len(values))]
    return [*[0.0] * LEAST, *judged, 0.0]


def _cut(since: Sequence[float], ahead: tuple[float, float], usual: float) -> float:
    """Few points before the cut may seem calmer than the series usually is: `usual` bounds that."""
    expected, sigma = ahead[0], max(ahead[1], usual)
    level = median(since)
    around = [v - level for v in since]
    spread = max(sigma, MAD_TO_SIGMA * median(map(abs, around)), abs(level) ** 0.5)
    return log_students(around, spread) - log_students([v - expected for v in since], sigma)


def _position(seen: Seen, bundle: Bundle, left: float) -> str:
    """Return on which side of the forecast range the newest points are, for people."""
    before = [value for at, value in seen if at < bundle.onset]
    measure = next((s.measure for s in bundle.series if s.alarmed), "other")
    what = _MEASURES.get(measure, f"{measure} are")
    if len(before) < LEAST:
        return f"{what} not forecast: too few points before the onset"
    if not left:
        return f"{what} within the forecast range"
    side = "above" if fmean(v for _, v in seen[-LEAST:]) > forecast(before)[0] else "below"
    share = "" if left == 1 else f" in {left:.0%} of the newest points"
    return f"{what} {side} the forecast range{share}"


def _left(seen: Seen, onset: int) -> float:
    """Return the share of the newest points that lie outside the forecast's 95 % interval."""
    before = [value for at, value in seen if at < onset]
    newest = [value for _, value in seen[-LEAST:]]
    if len(before) < LEAST:
        return 0.5
    expected, sigma = forecast(before)
    return sum(abs(v - expected) > 2 * sigma for v in newest) / len(newest)
