"""Burn-rate method: error budgets' burn rates, with and without each candidate's cause.

A candidate relieves its resource of the failures of its cause (a version's, a throttle's, a
parameter's readers'), and everything upstream of as many. Any budget that still burns too fast
speaks against it; so does time since the change in which nothing burned.
"""

from collections.abc import Mapping
from math import sqrt
from typing import Final

from functions.prediction.burn_summary import OBJECTIVE, blast_radius_text, burn_text
from functions.prediction.unproven_changes import probability_unspoiled
from quorum.domain.call_graph import addressed_failures, caller_distances, witnesses
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle, Candidate
from quorum.domain.votes import Opinion
from quorum.seats.seat import Deps
from quorum.seats.signals.change_windows import change_span
from quorum.seats.signals.distributions import upper_tail
from quorum.seats.signals.traffic import (
    Step,
    Traffic,
    add_up,
    before_and_after,
    measured,
    steps,
    traffic,
    versions,
)

UNLISTED: Final = 0.06
"""Prior weight of a cause that no candidate addresses."""
FROM_STATE: Final = 0.1
CLEAR: Final = 3.0
SLACK: Final = 0.03
"""Probability that an action fails even if it relieves everything."""
UNCOUNTED: Final = 0.1
"""Two resources never count exactly the same requests in a period."""


def burn_rate(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return the probability that each candidate alone stops every burn.

    Raises NotApplicableError if no resource has request counts.
    """
    seen = {r: before_and_after(bundle, r) for r in measured(bundle)}
    now = {r: after for r, (_, after) in seen.items() if after.attempts}
    burning = {r: now[r] for r in now if _burns(bundle, r, *seen[r])}
    if not now:
        raise NotApplicableError("no resource with requests since the onset")
    if not burning:
        return Opinion(
            probabilities={},
            none=1 - SLACK,
            reason="no error budget burns faster than its objective allows",
        )
    weights = _weights(bundle, burning)
    total = sum(weights.values()) + UNLISTED
    best = max(burning, key=lambda r: (burn_of(bundle, r, burning[r]), r))
    rate = burn_of(bundle, best, burning[best])
    return Opinion(
        probabilities={
            c.id: (1 - SLACK) * probability_unspoiled(bundle, c) * weights[c.id] / total
            for c in bundle.candidates
        },
        none=UNLISTED / total,
        reason=f"{burn_text(bundle, best, rate)}{blast_radius_text(bundle)}",
        cites=tuple(s.id for s in bundle.series if s.resource in burning)[:6],
    )


def _weights(bundle: Bundle, burning: Mapping[str, Traffic]) -> dict[str, float]:
    steps_by_resource = {r: steps(bundle, r) for r in burning}
    return {
        c.id: _relief(bundle, c, burning) * _burn_since_change(bundle, c, steps_by_resource)
        for c in bundle.candidates
    }


def _burns(bundle: Bundle, resource: str, before: Traffic, after: Traffic) -> bool:
    """Return whether the budget burns faster than allowed and than before, by CLEAR sigma.

    The root of a Poisson count has a sigma of a half, however small the count (Bartlett, 1936): a
    few failures suffice where hardly any is allowed.
    """
    allowed = max(1 - bundle.objectives.get(resource, OBJECTIVE), before.ratio) * after.attempts
    return 2 * (sqrt(after.failures) - sqrt(allowed)) > CLEAR


def burn_of(bundle: Bundle, resource: str, seen: Traffic) -> float:
    """Return the burn rate: the failure ratio over the allowed ratio."""
    return seen.ratio / (1 - bundle.objectives.get(resource, OBJECTIVE))


def _relief(bundle: Bundle, candidate: Candidate, burning: Mapping[str, Traffic]) -> float:
    """Return the probability that nothing burns without the candidate's cause."""
    own = sum(
        _attributable(bundle, candidate, r)
        for r in witnesses(bundle, candidate.resource, frozenset(measured(bundle)))
    )
    upstream = caller_distances(bundle, candidate.resource)
    stops = 1.0
    for resource, seen in burning.items():
        rest = seen.failures - (min(own, seen.failures) if resource in upstream else 0.0)
        allowed = seen.attempts * (1 - bundle.objectives.get(resource, OBJECTIVE))
        spared = 2 * allowed + UNCOUNTED * seen.failures + 1
        stops *= upper_tail((rest - spared) / sqrt(rest + spared))
    return stops


def _attributable(bundle: Bundle, candidate: Candidate, resource: str) -> float:
    """Return the failures at the resource that the candidate's kind of cause explains."""
    end = bundle.taken_at.timestamp() + 1
    if addressed_failures(candidate) == "throttles":
        return traffic(bundle, resource, bundle.onset, end).throttles
    version = candidate.parameters.get("from_version")
    if version in versions(bundle, resource) and candidate.resource == resource:
        return traffic(bundle, resource, bundle.onset, end, str(version)).errors
    return traffic(bundle, resource, bundle.onset, end).errors


def _burn_since_change(
    bundle: Bundle, candidate: Candidate, steps_by_resource: Mapping[str, tuple[Step, ...]]
) -> float:
    """Return the burn since the candidate's change over the burn since the onset, squared."""
    dates = [change_span(bundle, c) for c in bundle.changes if c.id in candidate.cites]
    if not dates:
        return FROM_STATE
    end = bundle.taken_at.timestamp() + 1
    start = min(sum(dates[0]) / 2, float(bundle.onset))
    since, after = (
        sum(add_up(periods, first, end).ratio for periods in steps_by_resource.values())
        for first in (start, bundle.onset)
    )
    return min(1.0, since / after) ** 2
