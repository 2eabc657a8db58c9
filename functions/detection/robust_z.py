"""Robust z-scores, and which fault would light up just these resources.

Every resource's failures and latency after the onset are compared with their own baseline. Then
each candidate stands for a fault at its resource, which should show there and at all who depend
on it, and nowhere else (a codebook of symptoms); so does a fault that no candidate addresses, and
so does health, where nothing shows.
"""

from collections.abc import Mapping
from math import exp, log, sqrt
from typing import Final, NamedTuple

from functions.shared.analysis.dating import dated
from functions.shared.analysis.distributions import log_student, log_sum, normalised, robust
from functions.shared.analysis.graph import addressed, distances_up, witnesses
from functions.shared.analysis.traffic import Points, points
from functions.shared.domain.errors import NotApplicableError
from functions.shared.domain.evidence import Bundle, Candidate, Measure
from functions.shared.domain.votes import HEALTHY, Opinion
from functions.shared.seating import Deps

WIDTH: Final = 20.0
"""How many sigma a real anomaly typically has."""
INDEPENDENT: Final = 8
"""Neighbouring periods resemble each other: more of them than this add nothing."""
CAP: Final = 25.0
OWN: Final = 0.95
CALLER: Final = 0.9
ELSEWHERE: Final = 0.02
"""How likely a fault shows at its resource, at one that depends on it, and by chance elsewhere."""
PRIOR: Final = {"healthy": 0.1, "unlisted": 0.3, "listed": 0.6}
STATE_ONLY: Final = 0.15
"""A candidate that follows from a setting alone, against one that undoes a change."""
WAS_NORMAL: Final = 0.08
"""A change after which all was normal for a while, against one at the onset."""
ENOUGH: Final = 3
"""Fewer periods after the onset than these cannot show health."""


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


def robust_z(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return how probable each candidate's fault is, given who is abnormal.

    Raises NotApplicableError when no series has points on both sides of the onset.
    """
    cells = anomalies(bundle)
    if not cells:
        raise NotApplicableError("no series has points before and after the onset")
    scores = {HEALTHY: log(PRIOR["healthy"]) + _fit(cells, {})}
    scores |= _listed(bundle, cells)
    unlisted = log(PRIOR["unlisted"]) + _unlisted(bundle, cells)
    found = normalised({**scores, "": unlisted})
    none = found.pop("")
    if not can_show_health(bundle):
        found.pop(HEALTHY)
    worst = max(cells, key=lambda cell: (cells[cell], cell))
    return Opinion(
        probabilities=found,
        none=none,
        reason=f"{worst.symptom} of {worst.resource} stand out most",
        cites=tuple(s.id for s in bundle.series if s.resource == worst.resource)[:4],
    )


def anomalies(bundle: Bundle) -> dict[Cell, float]:
    """Return the log-odds factor for *abnormal* of every cell that has a baseline."""
    found: dict[Cell, list[float]] = {}
    for resource, measure in sorted({(s.resource, s.measure) for s in bundle.series}):
        symptom = _MEASURES.get(measure)
        z = _z(points(bundle, resource, measure), bundle, measure) if symptom else None
        if symptom and z is not None:
            found.setdefault(Cell(resource, symptom), []).append(_log_factor(z))
    for resource in {cell.resource for cell in found if cell.symptom == "errors"}:
        found.setdefault(Cell(resource, "throttles"), [_log_factor(0.0)])
    return {cell: log_sum(factors) - log(len(factors)) for cell, factors in found.items()}


def _z(series: Points, bundle: Bundle, measure: Measure) -> float | None:
    before = [v for at, v in series.items() if at < bundle.onset]
    after = [v for at, v in series.items() if at >= bundle.onset]
    if measure == "throttles" and after and not before:
        before = [0.0] * len(after)
    if not before or not after:
        return None
    mean = sum(before) / len(before)
    floor = 0.05 * mean if measure == "latency" else sqrt(mean + 0.5)
    middle, scale = robust(before, max(floor, 1e-6))
    share = 1 / min(len(after), INDEPENDENT) + 1 / min(len(before), INDEPENDENT)
    return (sum(after) / len(after) - middle) / (scale * sqrt(share))


def _log_factor(z: float) -> float:
    """Return log P(z | abnormal) - log P(z | normal); abnormal is higher, never lower."""
    z = min(max(0.0, z), 3 * WIDTH)
    factor = log(2) + log_student(z, WIDTH, 30) - log_student(z, 1.0)
    return min(CAP, factor)


def _listed(bundle: Bundle, cells: Mapping[Cell, float]) -> dict[str, float]:
    weights = {c.id: _weight(bundle, c) for c in bundle.candidates}
    whole = max(1.0, sum(weights.values()))
    return {
        c.id: log(PRIOR["listed"] * weights[c.id] / whole)
        + _fit(cells, _expected(bundle, c.resource, addressed(c)))
        for c in bundle.candidates
    }


def _weight(bundle: Bundle, candidate: Candidate) -> float:
    """Return the prior weight: less for what undoes nothing, or undoes what was normal at first."""
    since = max(
        (dated(bundle, c).last for c in bundle.changes if c.id in candidate.cites), default=0
    )
    if not since:
        return STATE_ONLY
    shown = frozenset(s.resource for s in bundle.series)
    normal = [
        at
        for resource in witnesses(bundle, candidate.resource, shown)
        for at in points(bundle, resource, "requests")
        if since < at < bundle.onset
    ]
    return WAS_NORMAL if len(normal) >= ENOUGH else 1.0


def _unlisted(bundle: Bundle, cells: Mapping[Cell, float]) -> float:
    """Return the fit of a fault at any resource, of a kind that no candidate addresses."""
    fits = [_fit(cells, _expected(bundle, cell.resource, cell.symptom)) for cell in cells]
    return log_sum(fits) - log(len(fits))


def _expected(bundle: Bundle, resource: str, symptom: str) -> dict[Cell, float]:
    """Return how likely a fault of the resource shows in each cell.

    A resource without request metrics, like a parameter, shows at those who use it directly.
    """
    shown = {s.resource for s in bundle.series}
    near = set(witnesses(bundle, resource, frozenset(shown)))
    expected = {
        Cell(who, "errors"): OWN if who in near else CALLER
        for who in distances_up(bundle, resource)
        if who in shown
    }
    if symptom != "errors":
        expected[Cell(resource, "errors")] = 0.5
        expected[Cell(resource, symptom)] = OWN
    return expected


def _fit(cells: Mapping[Cell, float], expected: Mapping[Cell, float]) -> float:
    """Return the log-likelihood of the cells, against all of them being normal."""
    fit = 0.0
    for cell, factor in cells.items():
        shows = expected.get(cell, ELSEWHERE if expected else 0.0)
        fit += log(1 - shows + shows * exp(factor))
    missing = sum(1 for cell, p in expected.items() if p == OWN and cell not in cells)
    return fit + missing * log(0.5)


def can_show_health(bundle: Bundle) -> bool:
    """Return whether the data is complete and fresh enough for silence to mean health.

    Each alarm's resource must say how many requests and errors it has, up to the end.
    """
    if bundle.gaps():
        return False
    return all(
        sum(at >= bundle.onset for at in points(bundle, resource, measure)) >= ENOUGH
        for alarm in bundle.alarms
        for resource in alarm.resources
        for measure in _PROOF
    )


_PROOF: Final[tuple[Measure, ...]] = ("requests", "errors")
