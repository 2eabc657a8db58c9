"""Robust z-scores: every resource's failures and latency against their own baseline.

A mean that moved is not yet unusual: where the baseline is long enough to tell, latency must also
do what it never did before (`streaming`), else a rhythm or a habit of spikes would count.
"""

from math import log, sqrt
from typing import Final, NamedTuple

from functions.detection.streaming_anomaly import readings
from quorum.domain.evidence import Bundle, Measure
from quorum.seats.signals.distributions import log_student, log_sum, robust
from quorum.seats.signals.traffic import Points, points, steps

WIDTH: Final = 20.0
"""How many sigma a real anomaly typically has."""
INDEPENDENT: Final = 8
"""Neighbouring periods resemble each other: more of them than this add nothing."""
CAP: Final = 25.0
STARVED: Final = -4.0
"""Log-odds factor for who gets no more requests: what fails is hardly it."""
TINY: Final = 1e-6
LONG: Final = 300
"""Periods before the onset from which on it can be told what a series never did."""
DECADES: Final = 6.0
"""A real anomaly's tail probability is anything from 1 down to so many powers of ten."""
FACTOR: Final = 0.1
"""A tenth more or less latency is nothing."""


class Cell(NamedTuple):
    """One kind of symptom at one resource."""

    resource: str
    symptom: str


_MEASURES: Final[dict[Measure, str]] = {
    "errors": "errors",
    "latency": "errors",
    "throttles": "throttles",
    "depth": "depth",
}


def anomalies(bundle: Bundle) -> dict[Cell, float]:
    """Return the log-odds factor for *abnormal* of every cell that has a baseline.

    A resource with requests and without throttles is not throttled. One that gets no more requests
    has no errors: the fault is further up.
    """
    found: dict[Cell, list[float]] = {}
    for resource, measure in sorted({(s.resource, s.measure) for s in bundle.series}):
        factor = _factor(bundle, resource, measure)
        if factor is not None:
            found.setdefault(Cell(resource, _MEASURES[measure]), []).append(factor)
    for resource in {cell.resource for cell in found if cell.symptom == "errors"}:
        found.setdefault(Cell(resource, "throttles"), [_log_factor(0.0)])
    return {cell: log_sum(factors) - log(len(factors)) for cell, factors in found.items()}


def _factor(bundle: Bundle, resource: str, measure: Measure) -> float | None:
    """Return the log-odds factor for *abnormal* by one measure; None without a baseline."""
    z = _z(bundle, resource, measure) if measure in _MEASURES else None
    if z is None:
        return STARVED if measure == "errors" and _starved(bundle, resource) else None
    factor = _log_factor(z)
    if factor > 0 and measure == "latency":
        return min(factor, _novelty(points(bundle, resource, measure), bundle.onset))
    return factor


def _starved(bundle: Bundle, resource: str) -> bool:
    """Return whether the resource got requests until the onset, and hardly any since."""
    told = [step.at for step in steps(bundle, resource) if step.requests > 0]
    return bool(told) and max(told) < bundle.onset


def _z(bundle: Bundle, resource: str, measure: Measure) -> float | None:
    if measure == "latency":
        slow = {at: log(max(TINY, v)) for at, v in points(bundle, resource, measure).items()}
        return deviation(slow, bundle.onset, 0.0)
    if measure == "errors":
        told = {step.at: step.errors for step in steps(bundle, resource)}
        return deviation(told, bundle.onset, 0.5)
    series = points(bundle, resource, measure)
    silent = {at - bundle.onset: 0.0 for at in series} if min(series) >= bundle.onset else {}
    return deviation({**silent, **series}, bundle.onset, 0.5)


def _novelty(known: Points, onset: int) -> float:
    """Return the log-odds factor of the least tail probability since the onset; CAP if untold.

    It is the least of several, so it counts that many times.
    """
    series = sorted(known.items())
    first = sum(at < onset for at, _ in series)
    if not LONG <= first < len(series):
        return CAP
    tails = [reading.tail for reading in readings(series)[first:]]
    least = min(1.0, min(tails) * len(tails))
    return -log(max(least, 10**-DECADES)) - log(DECADES * log(10))


def deviation(series: Points, onset: int, counts: float) -> float | None:
    """Return by how many sigma the mean moved at the onset; None without points on both sides.

    `counts` is added to the mean to floor sigma as a count's; 0 floors it at FACTOR, for
    logarithms.
    """
    before = [v for at, v in series.items() if at < onset]
    after = [v for at, v in series.items() if at >= onset]
    if not before or not after:
        return None
    mean = sum(before) / len(before)
    middle, scale = robust(before, sqrt(mean + counts) if counts else FACTOR)
    share = 1 / min(len(after), INDEPENDENT) + 1 / min(len(before), INDEPENDENT)
    return (sum(after) / len(after) - middle) / (scale * sqrt(share))


def _log_factor(z: float) -> float:
    """Return log P(z | abnormal) - log P(z | normal); abnormal is higher, never lower."""
    z = min(max(0.0, z), 3 * WIDTH)
    factor = log(2) + log_student(z, WIDTH, 30) - log_student(z, 1.0)
    return min(CAP, factor)
