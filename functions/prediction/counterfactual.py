"""Counterfactual method: the alarmed series compared with its forecast without the change.

For each candidate that reverts a change, the series before the change is fitted and forecast over
the rest. If the change is the cause, the series leaves the forecast just after it and stays away;
if it came too early, the series first follows a forecast that it should have left.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import exp, log
from statistics import fmean, median
from typing import Final

from functions.prediction.alarm_forecast import forecast_text
from functions.prediction.forecast import forecast, forecasts
from functions.prediction.unproven_changes import probability_unspoiled
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
from quorum.seats.signals.traffic import COUNTS, alarmed, complete_points, points

UNLISTED: Final = 0.06
LAGS: Final = (0, 1, 2, 3, 5, 8)
"""Periods until a cause may show."""
DECAY: Final = 1.0
"""Log-odds lost per further period."""
SHARPNESS: Final = 0.85
"""Neighbouring points are correlated: their log-likelihood is scaled by this."""
MIN_POINTS: Final = 5
UNKNOWN: Final = 0.5
"""Share outside of the forecast without points to judge it by."""
RARE: Final = 0.005
"""Probability of any event in a period, below which a single one is outside of the forecast."""
RARE_PRIOR: Final = 0.5
"""Events added to those before, as in Jeffreys' prior for a rate."""
AHEAD: Final = 40
"""Points after a cut that it is judged by: over more, the forecast's own error adds up."""
RECENT: Final = 240
"""Points considered, back from now: a forecast forgets older ones."""

_MEASURES: Final[Mapping[str, str]] = {
    "latency": "latency is",
    "depth": "queue depth is",
    "age": "the age of the oldest entry is",
    "capacity": "the usage is",
    "other": "the alarmed metric is",
}
DatedValues = Sequence[tuple[int, float]]


def counterfactual(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return each candidate's probability by where the alarmed series left its forecast.

    Raises NotApplicableError without enough alarmed points or without a dated change.
    """
    seen = sorted(alarmed(bundle).items())[-RECENT:]
    undone = changes_undone(bundle)
    if len(seen) < 2 * MIN_POINTS or not undone:
        raise NotApplicableError(
            "too few points of the alarmed series, or no candidate undoes a change"
        )
    _, usual = forecast([value for at, value in seen if at < bundle.onset])
    cuts = _cut_gains([value for _, value in seen], usual)
    share = log((1 - UNLISTED) / len(undone))
    scores = {
        i: share + SHARPNESS * _fit(bundle, seen, cuts, change) for i, (_, change) in undone.items()
    }
    scores[""] = log(UNLISTED) + SHARPNESS * log_mean(cuts[MIN_POINTS:-1])
    probabilities = normalised(scores)
    none, outside = probabilities.pop(""), _share_outside_forecast(seen, bundle)
    return Opinion(
        probabilities={
            i: p * outside * probability_unspoiled(bundle, undone[i][0])
            for i, p in probabilities.items()
        },
        none=none,
        reason=f"{_position(seen, bundle, outside)}{forecast_text(bundle)}",
        cites=tuple(s.id for s in bundle.series if s.alarmed),
    )


def _fit(bundle: Bundle, seen: DatedValues, cuts: Sequence[float], change: Change) -> float:
    """Return the log-likelihood that the series leaves its forecast at the change, or soon after.

    A cut with too few points before it cannot be judged: it fits as well as no cut.
    """
    period = min((b[0] - a[0] for a, b in pairwise(seen)), default=1)
    fits = []
    for date in change_span(bundle, change).grid(period):
        first = sum(at + period <= date for at, _ in seen)
        lagged = [cuts[min(first + lag, len(seen))] - DECAY * lag for lag in LAGS]
        fits.append(log_mean(lagged))
    return log_mean(fits)


def _cut_gains(values: Sequence[float], usual: float) -> list[float]:
    """Return each cut's log-likelihood gain of *left the forecast there* over *never left*.

    Without enough points before the cut, or any since, the gain is 0.
    """
    ahead = forecasts(values)[MIN_POINTS:-1]
    gains = [
        _cut_gain(values[cut : cut + AHEAD], ahead[cut - MIN_POINTS], usual)
        for cut in range(MIN_POINTS, len(values))
    ]
    return [*[0.0] * MIN_POINTS, *gains, 0.0]


def _cut_gain(since: Sequence[float], ahead: tuple[float, float], usual: float) -> float:
    """Return the gain of one cut. `usual` is the least sigma: few points may seem too calm."""
    expected, sigma = ahead[0], max(ahead[1], usual)
    level = median(since)
    deviations = [v - level for v in since]
    spread = max(sigma, MAD_TO_SIGMA * median(map(abs, deviations)), abs(level) ** 0.5)
    return log_students(deviations, spread) - log_students([v - expected for v in since], sigma)


def _position(seen: DatedValues, bundle: Bundle, outside: float) -> str:
    """Return on which side of the forecast range the points since the onset are, for people."""
    before = [value for at, value in seen if at < bundle.onset]
    since = [value for at, value in seen if at >= bundle.onset]
    measure = next((s.measure for s in bundle.series if s.alarmed), "other")
    subject = _MEASURES.get(measure, f"{measure} are")
    if len(before) < MIN_POINTS:
        return f"{subject} not forecast: too few points before the onset"
    if not since:
        return f"{subject} not there yet since the onset"
    if not outside:
        return f"{subject} within the forecast range"
    side = "above" if fmean(since) > forecast(before)[0] else "below"
    share = "" if outside == 1 else f" in {outside:.0%} of the points since the onset"
    return f"{subject} {side} the forecast range{share}"


def _share_outside_forecast(seen: DatedValues, bundle: Bundle) -> float:
    """Return the share of the points since the onset outside the forecast's 95 % interval.

    UNKNOWN without enough points before it, or any since. Points before it say nothing about what
    has changed since; with the periods of an alarm of minutes most of the newest few are such. A
    period that is not above the forecast counts as far as its requests have been delivered.
    """
    before = [value for at, value in seen if at < bundle.onset]
    since = [(at, value) for at, value in seen if at >= bundle.onset][-MIN_POINTS:]
    if len(before) < MIN_POINTS or not since:
        return UNKNOWN
    low, high = _forecast_range(before, counts=_counts(bundle))
    delivered = _delivered_shares(bundle, [at for at, _ in since])
    outside = within = 0.0
    for at, value in since:
        if value > high:
            outside += 1
        elif value < low:
            outside += delivered[at]
        else:
            within += delivered[at]
    return outside / (outside + within) if outside + within else UNKNOWN


def _forecast_range(before: Sequence[float], *, counts: bool) -> tuple[float, float]:
    """Return the range in which a value is usual.

    Two sigma either way; of rare counts, above what hardly any period had: their sigma is that of a
    count, which one event does not exceed, however rare.
    """
    expected, sigma = forecast(before)
    rate = (sum(before) + RARE_PRIOR) / len(before)
    rare = counts and 1 - exp(-rate) <= RARE
    return expected - 2 * sigma, 0.0 if rare else expected + 2 * sigma


def _counts(bundle: Bundle) -> bool:
    """Return whether the alarmed series counts events."""
    watched = next((s for s in bundle.series if s.alarmed), None)
    return watched is None or (watched.statistic == "Sum" and watched.measure in COUNTS)


def _delivered_shares(bundle: Bundle, times: Sequence[int]) -> Mapping[int, float]:
    """Return how much of each period is delivered: its requests over the usual ones, at most 1."""
    requests: dict[int, float] = {}
    for resource in bundle.alarms[0].resources:
        requests = requests or points(bundle, resource, "requests")
    complete = complete_points(bundle, dict.fromkeys(times, 0.0))
    usual = median([n for at, n in requests.items() if at < bundle.onset] or [0.0])
    return {
        at: 1.0 if at in complete or not usual else min(1.0, requests.get(at, 0.0) / usual)
        for at in times
    }
