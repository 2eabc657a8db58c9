"""Error-ratio method: the share of failing requests at the alarmed resources and below."""

from typing import Final

from quorum.domain.call_graph import caller_distances, witnesses
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle
from quorum.domain.votes import HEALTHY, Opinion
from quorum.seats.seat import Deps
from quorum.seats.signals.distributions import log_beta_binomial, logistic
from quorum.seats.signals.traffic import before_and_after, measured

LISTED: Final = 0.75
"""Probability that a candidate addresses a real fault."""
ENOUGH: Final = 20


def error_ratio(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return probabilities in proportion to the rise of the error ratio.

    Raises NotApplicableError if no resource has request counts before and after the onset.
    """
    rises, real_probability, attempts = {}, 0.0, float("inf")
    for resource in measured(bundle):
        before, after = before_and_after(bundle, resource)
        if before.attempts and after.attempts:
            rises[resource] = max(0.0, after.ratio - before.ratio)
            attempts = min(attempts, after.attempts)
            counts = (before.failures, before.attempts, after.failures, after.attempts)
            real_probability = max(real_probability, _differs(*counts) if rises[resource] else 0.0)
    if not rises:
        raise NotApplicableError("no resource has requests both before and after the onset")
    probabilities = _shares(bundle, rises, real_probability)
    if not bundle.gaps() and attempts >= ENOUGH:
        probabilities[HEALTHY] = 0.9 * (1 - real_probability)
    return Opinion(
        probabilities=probabilities,
        none=real_probability * (1 - LISTED),
        reason=f"error ratio rose since the onset with probability {real_probability:.2f}",
        cites=tuple(s.id for s in bundle.series if s.measure in {"requests", "errors"})[:6],
    )


def _differs(k0: float, n0: float, k1: float, n1: float) -> float:
    """Return the probability that two shares differ, at even odds beforehand (Beta-binomial)."""
    one = log_beta_binomial(k0 + k1, n0 + n1 - k0 - k1, 0.5, 5)
    two = log_beta_binomial(k0, n0 - k0, 0.5, 5) + log_beta_binomial(k1, n1 - k1, 0.5, 5)
    return logistic(two - one)


def _shares(bundle: Bundle, rises: dict[str, float], real_probability: float) -> dict[str, float]:
    """Return shares of the candidates by the rise where they show, times the rise upstream."""
    weights = {}
    for candidate in bundle.candidates:
        showing = witnesses(bundle, candidate.resource, frozenset(measured(bundle)))
        own = max((rises.get(r, 0.0) for r in showing), default=0.0)
        upstream = sum(rises.get(r, 0.0) for r in caller_distances(bundle, candidate.resource))
        weights[candidate.id] = own * upstream
    total = sum(weights.values())
    return {i: LISTED * real_probability * w / total for i, w in weights.items()} if total else {}
