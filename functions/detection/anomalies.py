"""Anomalies: robust z-scores of each resource's symptoms against its own baseline.

Symptoms are failures, latency, throttles, a backlog (its depth, or the age of its oldest entry) and
saturation. A mean that moved is not unusual yet. With a long enough baseline, latency, an age and a
usage must also exceed anything they did before (`streaming_anomaly`): otherwise a rhythm or
recurring spikes would count.
"""

from math import log, sqrt
from typing import Final, NamedTuple

from functions.detection.streaming_anomaly import readings
from quorum.domain.evidence import Bundle, Measure
from quorum.domain.evidence_times import is_complete
from quorum.seats.signals.distributions import log_student, log_sum, robust
from quorum.seats.signals.levels import TINY, usages
from quorum.seats.signals.traffic import Points, period_of, points, steps

WIDTH: Final = 20.0
"""Typical size of a real anomaly, in sigma."""
INDEPENDENT: Final = 8
"""Neighbouring periods are correlated: more of them than this add no evidence."""
CAP: Final = 25.0
NO_REQUESTS: Final = -4.0
"""Log-odds factor of a resource that stopped receiving requests: the fault is upstream."""
MIN_BASELINE: Final = 300
"""Periods before the onset that are enough to judge novelty."""
DECADES: Final = 6.0
"""A real anomaly's tail probability is anything between 1 and 10 to the minus this."""
FACTOR: Final = 0.1
"""Floor of sigma for log latency: a change of a tenth is insignificant."""


class SymptomCell(NamedTuple):
    """One kind of symptom at one resource."""

    resource: str
    symptom: str


_MEASURES: Final[dict[Measure, str]] = {
    "errors": "errors",
    "latency": "errors",
    "throttles": "throttles",
    "depth": "depth",
    "age": "depth",
}
_RHYTHMIC: Final[frozenset[Measure]] = frozenset({"latency", "age"})


def anomalies(bundle: Bundle) -> dict[SymptomCell, float]:
    """Return the log-odds factor for *abnormal* of every cell that has a baseline.

    A resource with request counts and no throttles gets a normal throttle cell. A resource that
    stopped receiving requests has no errors of its own: the fault is upstream.
    """
    found: dict[SymptomCell, list[float]] = {}
    for resource, measure in sorted({(s.resource, s.measure) for s in bundle.series}):
        factor = _factor(bundle, resource, measure)
        if factor is not None:
            found.setdefault(SymptomCell(resource, _MEASURES[measure]), []).append(factor)
    for resource in {cell.resource for cell in found if cell.symptom == "errors"}:
        found.setdefault(SymptomCell(resource, "throttles"), [_log_factor(0.0)])
    for resource in sorted({s.resource for s in bundle.series}):
        if saturation := _saturation(bundle, resource):
            found[SymptomCell(resource, "saturation")] = saturation
    return {cell: log_sum(factors) - log(len(factors)) for cell, factors in found.items()}


def _factor(bundle: Bundle, resource: str, measure: Measure) -> float | None:
    """Return the log-odds factor for *abnormal* by one measure; None without a baseline."""
    z = _z(bundle, resource, measure) if measure in _MEASURES else None
    if z is None:
        return NO_REQUESTS if measure == "errors" and _lost_its_requests(bundle, resource) else None
    factor = _log_factor(z)
    if factor > 0 and measure in _RHYTHMIC:
        return min(factor, _novelty(points(bundle, resource, measure), bundle.onset))
    return factor


def _saturation(bundle: Bundle, resource: str) -> list[float]:
    """Return the log-odds factor of each level of use that has a baseline."""
    factors = []
    for usage in usages(bundle, resource):
        z = deviation(usage, bundle.onset, 0.0)
        if z is not None:
            factor = _log_factor(z)
            factors.append(min(factor, _novelty(usage, bundle.onset)) if factor > 0 else factor)
    return factors


def _lost_its_requests(bundle: Bundle, resource: str) -> bool:
    """Return whether the resource got requests until the onset and none in a period since.

    While no period since the onset can be complete, requests are late and not lost.
    """
    served = [step.at for step in steps(bundle, resource) if step.requests > 0]
    delivered = is_complete(bundle.onset, period_of(served), bundle.taken_at.timestamp())
    return bool(served) and max(served) < bundle.onset and delivered


def _z(bundle: Bundle, resource: str, measure: Measure) -> float | None:
    if measure == "latency":
        log_latency = {at: log(max(TINY, v)) for at, v in points(bundle, resource, measure).items()}
        return deviation(log_latency, bundle.onset, 0.0)
    if measure == "errors":
        errors = {step.at: step.errors for step in steps(bundle, resource)}
        return deviation(errors, bundle.onset, 0.5)
    series = points(bundle, resource, measure)
    zeros = {at - bundle.onset: 0.0 for at in series} if min(series) >= bundle.onset else {}
    return deviation({**zeros, **series}, bundle.onset, 0.5)


def _novelty(level: Points, onset: int) -> float:
    """Return the log-odds factor of the lowest tail probability since the onset; else CAP.

    It is the lowest of several, so it is multiplied by their number.
    """
    series = sorted(level.items())
    first = sum(at < onset for at, _ in series)
    if not MIN_BASELINE <= first < len(series):
        return CAP
    tails = [reading.tail for reading in readings(series)[first:]]
    least = min(1.0, min(tails) * len(tails))
    return -log(max(least, 10**-DECADES)) - log(DECADES * log(10))


def deviation(series: Points, onset: int, counts: float) -> float | None:
    """Return the shift of the mean at the onset in sigma; None without points on both sides.

    `counts` is added to the mean to give sigma the floor of a count; 0 uses FACTOR, for logarithms.
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
    """Return log P(z

    abnormal) - log P(z

    normal); abnormal means higher, never lower.
    """
    z = min(max(0.0, z), 3 * WIDTH)
    factor = log(2) + log_student(z, WIDTH, 30) - log_student(z, 1.0)
    return min(CAP, factor)
