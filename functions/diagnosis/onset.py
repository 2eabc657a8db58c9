"""Onset of the alarmed failures, more exact than the alarm's own period."""

from typing import Final

from quorum.domain.evidence import Bundle
from quorum.seats.signals.distributions import (
    log_gamma_poisson,
    log_mean,
    logistic,
    normalised,
)
from quorum.seats.signals.traffic import Points, alarmed

NEGLIGIBLE: Final = 1e-3
UNKNOWN: Final = 0.8
"""The probability without a series to judge by: most alarms are real."""


def onset_is_real(bundle: Bundle) -> float:
    """Return the probability that the alarmed counts broke at all, at even odds beforehand."""
    slack = bundle.alarms[0].period_seconds
    counts = alarmed(bundle)
    near = [_fit(counts, at) for at in counts if abs(at - bundle.onset) <= slack]
    if not near or len(near) == len(counts):
        return UNKNOWN
    return logistic(log_mean(near) - log_gamma_poisson(list(counts.values())))


def onset_times(bundle: Bundle) -> dict[float, float]:
    """Return possible onsets, in epoch seconds, with their probabilities.

    A break of the alarmed counts is placed at each of the series' periods within one alarm period
    of the bundle's onset; without such series it is the bundle's onset.
    """
    slack = bundle.alarms[0].period_seconds
    counts = alarmed(bundle)
    near = [at for at in counts if abs(at - bundle.onset) <= slack]
    if not near or len(near) == len(counts):
        return {float(bundle.onset): 1.0}
    fits = {float(at): _fit(counts, at) for at in near}
    return {at: p for at, p in normalised(fits).items() if p > NEGLIGIBLE}


def _fit(counts: Points, cut: int) -> float:
    """Return the log-likelihood of one rate before the cut and another from it on."""
    before = [value for at, value in counts.items() if at < cut]
    since = [value for at, value in counts.items() if at >= cut]
    return log_gamma_poisson(before) + log_gamma_poisson(since)
