"""Without dates that are good enough: the latest change before the onset, by rank alone."""

from typing import Final

from functions.shared.analysis.dating import dated
from functions.shared.domain.errors import NotApplicableError
from functions.shared.domain.evidence import Bundle
from functions.shared.domain.votes import Opinion
from functions.shared.seating import Deps

LATEST: Final = 0.5
"""How often the latest of several changes is the cause; each older one half as often."""


def latest_change(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return halving probabilities from the latest change before the onset backwards.

    Changes of the same moment share. Raises NotApplicableError when none precedes the onset.
    """
    slack = bundle.alarms[0].period_seconds
    since = {c.id: dated(bundle, c).first for c in bundle.changes}
    before = {i: at for i, at in since.items() if at <= bundle.onset + slack}
    if not before:
        raise NotApplicableError("no change is dated before the onset")
    moments = sorted(set(before.values()), reverse=True)
    share = {
        i: LATEST ** (1 + moments.index(at)) / list(before.values()).count(at)
        for i, at in before.items()
    }
    found = {
        candidate.id: max(share[i] for i in candidate.cites if i in share)
        for candidate in bundle.candidates
        if any(i in share for i in candidate.cites)
    }
    return Opinion(
        probabilities=found,
        none=max(0.0, 1 - LATEST - sum(found.values())),
        reason="by the order of the changes alone",
        cites=tuple(before)[:4],
    )
