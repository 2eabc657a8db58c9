"""Distributions that the seats use. Logarithms are natural."""

from collections.abc import Hashable, Mapping, Sequence
from math import erfc, exp, inf, lgamma, log, log1p, pi, sqrt
from statistics import median
from typing import Final, TypeVar

K = TypeVar("K", bound=Hashable)

MAD_TO_SIGMA: Final = 1.4826
"""The ratio of a normal distribution's standard deviation to its median absolute deviation."""
FLOOR: Final = 1e-12


def robust(values: Sequence[float], floor: float) -> tuple[float, float]:
    """Return the median and the scaled median absolute deviation, the latter at least `floor`.

    Without values: 0 and `floor`.
    """
    if not values:
        return 0.0, floor
    middle = median(values)
    return middle, max(floor, MAD_TO_SIGMA * median(abs(v - middle) for v in values))


def upper_tail(z: float) -> float:
    """Return the probability that a standard normal exceeds z."""
    return erfc(z / sqrt(2)) / 2


def log_beta(a: float, b: float) -> float:
    """Return the logarithm of the beta function."""
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def log_beta_binomial(hits: float, misses: float, a: float, b: float) -> float:
    """Return the log-likelihood of a sequence of hits and misses whose rate is Beta(a, b)."""
    return log_beta(a + hits, b + misses) - log_beta(a, b)


def log_gamma_poisson(counts: Sequence[float], shape: float = 0.5, rate: float = 0.5) -> float:
    """Return the log-likelihood of counts per period with one unknown rate, Gamma(shape, rate)."""
    total, n = sum(counts), len(counts)
    return (
        lgamma(shape + total)
        - lgamma(shape)
        + shape * log(rate)
        - (shape + total) * log(rate + n)
        - sum(lgamma(v + 1) for v in counts)
    )


def log_student(x: float, scale: float, freedom: float = 4.0) -> float:
    """Return the log-density of a centred Student t, whose tails are heavier than a normal's."""
    return log_students([x], scale, freedom)


def log_students(deviations: Sequence[float], scale: float, freedom: float = 4.0) -> float:
    """Return the sum of the log-densities under one centred Student t."""
    half = (freedom + 1) / 2
    each = lgamma(half) - lgamma(freedom / 2) - log(freedom * pi) / 2 - log(scale)
    tighter = 1 / (freedom * scale * scale)
    return len(deviations) * each - half * sum([log1p(x * x * tighter) for x in deviations])


def log_mean(values: Sequence[float]) -> float:
    """Return the logarithm of the mean of the exponentials; -inf without values."""
    return log_sum(values) - log(len(values)) if values else -inf


def log_sum(values: Sequence[float]) -> float:
    """Return the logarithm of the sum of the exponentials; -inf without values."""
    top = max(values, default=-inf)
    return top if top == -inf else top + log(sum(exp(v - top) for v in values))


def normalised(scores: Mapping[K, float]) -> dict[K, float]:
    """Return probabilities proportional to exp(score); they add up to 1 (or all are 0)."""
    log_total = log_sum(list(scores.values()))
    return {
        key: 0.0 if log_total == -inf else exp(value - log_total) for key, value in scores.items()
    }


def logistic(log_odds: float) -> float:
    """Return the probability for the log-odds."""
    if log_odds >= 0:
        return 1 / (1 + exp(-log_odds))
    grown = exp(log_odds)
    return grown / (1 + grown)


def log_odds(probability: float) -> float:
    """Return the log-odds of a probability, which is clipped away from 0 and 1."""
    p = min(1 - FLOOR, max(FLOOR, probability))
    return log(p / (1 - p))
