"""Change-onset method: changes as points in time, each of which may trigger an incident.

A change triggers at a rate that decays with time, over a constant rate of incidents without a
trigger. Each change's share of the rate at the onset is the probability that it was the trigger (as
in attribution of events of a self-exciting point process). Logs are not read, not even their line
counts: no text can influence this seat.
"""

from math import exp
from typing import Final

from functions.diagnosis.change_blame import affected_share
from functions.diagnosis.first_signs import Signs, signs
from functions.diagnosis.onset import onset_is_real, onset_times
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle, Change
from quorum.domain.votes import Opinion
from quorum.seats.seat import Deps
from quorum.seats.signals.change_windows import change_span

CHANGE_CAUSED: Final = 0.7
"""Share of outages that a change causes (Beyer et al., Site Reliability Engineering, ch. 1)."""
AT_ONCE: Final = 0.9
"""Share of bad changes that show as soon as traffic meets them; the rest show later."""
SETTLING_SECONDS: Final = 1.0
LATER_SECONDS: Final = 900.0
USUAL_SPAN_SECONDS: Final = 300.0
"""Prior of one change in this time, before counting the actual ones."""
LIMITS: Final = frozenset({"concurrency", "table"})
UNSUITED: Final = 0.05
"""Likelihood of a changed limit on a resource without throttling."""
SELDOM: Final = 0.3
"""Likelihood of another change of a throttled resource; of one elsewhere it is UNSUITED."""
WORKS: Final = 0.95
"""Probability that reverting the actual cause ends the incident."""


def change_onset(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return each candidate's probability that the change it reverts triggered the onset.

    Raises NotApplicableError if nothing changed before the onset.
    """
    onsets, seen = onset_times(bundle), signs(bundle.model_copy(update={"templates": ()}))
    rates = {c.id: _rate(bundle, c, onsets, seen) for c in bundle.changes}
    if not any(rates.values()):
        raise NotApplicableError("no change before the onset")
    total, works = sum(rates.values()) + _background(bundle), WORKS * onset_is_real(bundle)
    probabilities = {
        candidate.id: works * max(rates[i] for i in cited) / total
        for candidate in bundle.candidates
        if (cited := [i for i in candidate.cites if i in rates])
    }
    latest = max(rates, key=lambda i: (rates[i], i))
    return Opinion(
        probabilities=probabilities,
        none=max(0.0, 1 - sum(probabilities.values())),
        reason=f"{latest}: closest change before the onset that affects the alarmed resource",
        cites=(latest,),
    )


def _rate(bundle: Bundle, change: Change, onsets: dict[float, float], seen: Signs) -> float:
    """Return the rate per second at which this change triggers incidents at the onset."""
    period = min((s.period_seconds for s in bundle.series), default=60)
    times = change_span(bundle, change).grid(period)
    kernel = sum(
        weight * _kernel(onset - at, period) for onset, weight in onsets.items() for at in times
    )
    return kernel / len(times) * affected_share(bundle, change, seen) * _kind(bundle, change)


def _kernel(delay: float, period: float) -> float:
    """Return the density of a delay in seconds; clocks and periods blur it by one period."""
    if delay < -period:
        return 0.0
    soon, delay = SETTLING_SECONDS + period, max(0.0, delay)
    return AT_ONCE / soon * exp(-delay / soon) + (1 - AT_ONCE) / LATER_SECONDS * exp(
        -delay / LATER_SECONDS
    )


def _kind(bundle: Bundle, change: Change) -> float:
    """Return the fit of the change's kind to the failures: limits cause throttling."""
    throttled = {
        s.resource
        for s in bundle.series
        if s.measure == "throttles" and any(at >= bundle.onset and v > 0 for at, v in s.points)
    }
    if change.kind in LIMITS:
        return 1.0 if change.resource in throttled else UNSUITED
    return 1.0 if not throttled else SELDOM if change.resource in throttled else UNSUITED


def _background(bundle: Bundle) -> float:
    """Return the rate of incidents without a trigger, from the rate of changes here."""
    start = min((p[0] for s in bundle.series for p in s.points[:1]), default=bundle.onset)
    span = max(0, bundle.onset - start) + USUAL_SPAN_SECONDS
    return (1 + len(bundle.changes)) / span * (1 - CHANGE_CAUSED) / CHANGE_CAUSED
