"""Version-contrast method: failures split where the candidate's change splits the requests.

Each candidate that reverts a change splits the requests of its resource, and of everything
upstream, into those under the old setting and those under the new one: by the version that served
them, else by the time of the change. That split into two Beta-binomial rates is compared with
splits that no candidate makes. Versions that ran side by side are conclusive; before against after
may be coincidence.
"""

from math import log
from typing import Final

from functions.prediction.contrast import TimeSplitGains, version_split_gain
from functions.prediction.unproven_changes import probability_unspoiled
from quorum.domain.call_graph import caller_distances, witnesses
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle, Candidate, Change
from quorum.domain.votes import Opinion
from quorum.seats.seat import Deps
from quorum.seats.signals.change_windows import change_span, changes_undone
from quorum.seats.signals.distributions import log_mean, log_sum, normalised
from quorum.seats.signals.traffic import measured, steps

UNLISTED: Final = 0.04
NOTHING: Final = 0.4
"""Prior of no contrast at all: without evidence no candidate is favoured."""
COINCIDENCE: Final = 0.08
"""Probability that a clear contrast of before and after is not caused by the change."""
SIDE_BY_SIDE: Final = 0.03
"""The same for versions that served at the same time."""
RECENT: Final = 240
"""Periods, back from now, in which a break without a candidate may lie."""
OVERLAP: Final = 50
"""Attempts of the old version, after the new one's first, that make them side by side."""
SHARPNESS: Final = 0.15
"""Requests of one second are correlated: their log-likelihood is scaled by this."""
LAGS: Final = (0, 1, 2, 4)
"""Periods until a cause may show."""
DECAY: Final = 1.0
"""Log-odds lost per further period."""


def version_contrast(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return each candidate's probability by how well its own split explains the failures.

    Raises NotApplicableError if no candidate reverts a dated change, or nothing is measured.
    """
    seen = {r: s for r in measured(bundle) if (s := steps(bundle, r))}
    undone = changes_undone(bundle)
    if not seen or not undone:
        raise NotApplicableError("no candidate undoes a dated change, or no resource is measured")
    share, gains = log((1 - UNLISTED - NOTHING) / len(undone)), TimeSplitGains(seen)
    scores = {
        i: share + SHARPNESS * _own_split(bundle, gains, candidate, change)
        for i, (candidate, change) in undone.items()
    }
    scores[""] = log_sum([log(NOTHING), log(UNLISTED) + SHARPNESS * _any_split(bundle, gains)])
    probabilities = normalised(scores)
    none = probabilities.pop("")
    return Opinion(
        probabilities={i: p * _trust(bundle, undone[i][0]) for i, p in probabilities.items()},
        none=none,
        reason="failure rates differ most before and after the likeliest candidate's change",
        cites=tuple(change.id for _, change in undone.values())[:6],
    )


def _own_split(
    bundle: Bundle, gains: TimeSplitGains, candidate: Candidate, change: Change
) -> float:
    new = candidate.parameters.get("from_version")
    by_version = (
        version_split_gain(bundle, candidate.resource, new) if isinstance(new, str) else None
    )
    dates = change_span(bundle, change).grid(gains.period)
    return log_mean(
        [
            _split_gain_upstream(
                bundle, gains, candidate.resource, date + lag * gains.period, by_version
            )
            - DECAY * lag
            for date in dates
            for lag in LAGS
        ]
    )


def _any_split(bundle: Bundle, gains: TimeSplitGains) -> float:
    """Return the fit of a fault anywhere, at any time, that no candidate's change explains."""
    cuts = gains.times[1:][-RECENT:]
    return log_mean(
        [_split_gain_upstream(bundle, gains, r, cut, None) for r in gains.seen for cut in cuts]
    )


def _split_gain_upstream(
    bundle: Bundle, gains: TimeSplitGains, resource: str, cut: float, by_version: float | None
) -> float:
    """Return the gain of a split at the resource, there and at its dependents.

    No dependent can gain more by it than the resources where it shows first.
    """
    showing = witnesses(bundle, resource, frozenset(gains.seen))
    own = sum(gains.at(cut, one) for one in showing) if by_version is None else by_version
    upstream = set(caller_distances(bundle, resource)) & set(gains.seen) - set(showing)
    return own + sum(min(gains.at(cut, one), max(0.0, own)) for one in upstream)


def _trust(bundle: Bundle, candidate: Candidate) -> float:
    return (1 - _doubt(bundle, candidate)) * probability_unspoiled(bundle, candidate)


def _doubt(bundle: Bundle, candidate: Candidate) -> float:
    """Return the probability that such a contrast is a coincidence."""
    old, new = (candidate.parameters.get(k) for k in ("to_version", "from_version"))
    if not isinstance(old, str) or not isinstance(new, str):
        return COINCIDENCE
    first = min((s.at for s in steps(bundle, candidate.resource, new)), default=None)
    if first is None:
        return COINCIDENCE
    beside = sum(s.attempts for s in steps(bundle, candidate.resource, old) if s.at > first)
    return SIDE_BY_SIDE if beside >= OVERLAP else COINCIDENCE
