"""Robust-z method: anomalies per resource, matched against the symptoms of each fault.

Each resource's failures and latency after the onset are compared with their own baseline. Each
candidate stands for a fault at its resource, which should show there and at its dependents and
nowhere else (a codebook of symptoms). So does a fault that no candidate addresses, and so does
health, where nothing shows.
"""

from collections.abc import Mapping
from math import exp, log
from typing import Final

from functions.detection.anomalies import SymptomCell, anomalies
from functions.detection.health import MIN_REQUESTS, can_show_health
from quorum.domain.call_graph import addressed_failures, callees, caller_distances, witnesses
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle, Candidate
from quorum.domain.votes import HEALTHY, Opinion
from quorum.seats.seat import Deps
from quorum.seats.signals.change_windows import change_span
from quorum.seats.signals.distributions import log_sum, normalised
from quorum.seats.signals.levels import usages
from quorum.seats.signals.traffic import alarmed, points

OWN: Final = 0.95
CALLER: Final = 0.9
ELSEWHERE: Final = 0.02
"""Probabilities that a fault shows at its resource, at a dependent, and by chance elsewhere."""
STRAINED: Final = 0.5
"""Probability that a fault saturates its resource, or one that it calls."""
PRIOR: Final = {"healthy": 0.1, "unlisted": 0.25, "listed": 0.65}
STATE_ONLY: Final = 0.15
"""Prior weight of a candidate that rests on a setting alone, against one that reverts a change."""
RARE: Final = 0.3
"""Weight of throttles that no candidate addresses, against other failures."""
SURE: Final = 0.5
"""Health with a lower probability than this is not voted for."""
WAS_NORMAL: Final = 0.05
"""Weight of a change that enough normal requests followed, against one at the onset."""


def robust_z(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return the probability of each candidate's fault, given the abnormal resources.

    Raises NotApplicableError if no series has points on both sides of the onset.
    """
    cells = anomalies(bundle)
    if not cells:
        raise NotApplicableError("no series has points before and after the onset")
    scores = {HEALTHY: log(PRIOR["healthy"]) + _fit(cells, {})}
    scores |= _listed(bundle, cells)
    unlisted = log(PRIOR["unlisted"]) + _unlisted(bundle, cells)
    probabilities = normalised({**scores, "": unlisted})
    none = probabilities.pop("")
    if not can_show_health(bundle) or probabilities[HEALTHY] < SURE:
        probabilities.pop(HEALTHY)
    worst = max(cells, key=lambda cell: (cells[cell], cell))
    return Opinion(
        probabilities=probabilities,
        none=none,
        reason=f"largest deviation from baseline: {worst.symptom} of {worst.resource}",
        cites=tuple(s.id for s in bundle.series if s.resource == worst.resource)[:4],
    )


def _listed(bundle: Bundle, cells: Mapping[SymptomCell, float]) -> dict[str, float]:
    weights = {c.id: _weight(bundle, c) for c in bundle.candidates}
    total = max(1.0, sum(weights.values()))
    return {
        c.id: log(PRIOR["listed"] * weights[c.id] / total)
        + _fit(cells, _expected(bundle, c.resource, addressed_failures(c)))
        for c in bundle.candidates
    }


def _weight(bundle: Bundle, candidate: Candidate) -> float:
    """Return the prior weight: lower without a change, or with normal requests after it."""
    since = max(
        (change_span(bundle, c).last for c in bundle.changes if c.id in candidate.cites), default=0
    )
    if not since:
        return STATE_ONLY
    shown, first_excess = frozenset(s.resource for s in bundle.series), _first_excess_at(bundle)
    normal = sum(
        count
        for resource in witnesses(bundle, candidate.resource, shown)
        for at, count in points(bundle, resource, "requests").items()
        if since < at < first_excess
    )
    return WAS_NORMAL if normal >= MIN_REQUESTS else 1.0


def _first_excess_at(bundle: Bundle) -> float:
    """Return the first time the alarmed series exceeded all its values before the onset.

    The onset itself is the start of the alarm's period, which is coarser.
    """
    series = sorted(alarmed(bundle).items())
    usual = max((value for at, value in series if at < bundle.onset), default=0.0)
    return next(
        (at for at, value in series if at >= bundle.onset and value > usual + 1), bundle.onset
    )


def _unlisted(bundle: Bundle, cells: Mapping[SymptomCell, float]) -> float:
    """Return the fit of a fault at any resource, of a kind that no candidate addresses."""
    weights = {cell: 1.0 if cell.symptom == "errors" else RARE for cell in cells}
    fits = [
        log(weight) + _fit(cells, _expected(bundle, cell.resource, cell.symptom))
        for cell, weight in weights.items()
    ]
    return log_sum(fits) - log(sum(weights.values()))


def _expected(bundle: Bundle, resource: str, symptom: str) -> dict[SymptomCell, float]:
    """Return the probability that a fault of the resource shows in each cell.

    A resource without request metrics, like a parameter, shows at its direct dependents; one with
    levels of use alone shows in those. A fault may saturate its resource and what that calls: there
    saturation supports no other fault.
    """
    shown = {s.resource for s in bundle.series}
    showing = set(witnesses(bundle, resource, frozenset(shown)))
    loaded = {resource, *callees(bundle, resource)} & shown
    expected = {SymptomCell(r, "saturation"): STRAINED for r in loaded}
    for caller in caller_distances(bundle, resource):
        if caller in shown:
            by_use = caller in showing and _has_levels_alone(bundle, caller)
            cell = SymptomCell(caller, "saturation" if by_use else "errors")
            expected[cell] = OWN if caller in showing else CALLER
    if symptom != "errors":
        expected[SymptomCell(resource, "errors")] = 0.5
        expected[SymptomCell(resource, symptom)] = OWN
    return expected


def _has_levels_alone(bundle: Bundle, resource: str) -> bool:
    """Return whether levels of use are all that the resource is measured by."""
    measures = {s.measure for s in bundle.series if s.resource == resource}
    return bool(usages(bundle, resource)) and not measures - {"capacity", "other"}


def _fit(cells: Mapping[SymptomCell, float], expected: Mapping[SymptomCell, float]) -> float:
    """Return the log-likelihood of the cells, against all of them being normal."""
    fit = 0.0
    for cell, factor in cells.items():
        shows = expected.get(cell, ELSEWHERE if expected else 0.0)
        fit += log(1 - shows + shows * exp(factor))
    missing = sum(1 for cell, p in expected.items() if p == OWN and cell not in cells)
    return fit + missing * log(0.5)
