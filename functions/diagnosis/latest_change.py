"""Without dates that are good enough: the latest change before the onset, by rank alone."""

from typing import Final

from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle
from quorum.domain.votes import Opinion
from quorum.seats.seat import Deps
from quorum.seats.signals.change_windows import change_span, changes_undone

LATEST: Final = 0.6
"""How often the latest of several changes is the cause; of the older ones, the same share."""


def latest_change(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return shrinking probabilities from the latest change before the onset backwards.

    Changes of the same moment share. Raises NotApplicableError when none precedes the onset.
    """
    slack = bundle.alarms[0].period_seconds
    since = {c.id: change_span(bundle, c).first for c in bundle.changes}
    before = {i: at for i, at in since.items() if at <= bundle.onset + slack}
    if not before:
        raise NotApplicableError("no change before the onset")
    moments = sorted(set(before.values()), reverse=True)
    share = {
        i: LATEST * (1 - LATEST) ** moments.index(at) / list(before.values()).count(at)
        for i, at in before.items()
    }
    undone = changes_undone(bundle)
    found = {i: share[change.id] for i, (_, change) in undone.items() if change.id in share}
    return Opinion(
        probabilities=found,
        none=max(0.0, 1 - LATEST - sum(found.values())),
        reason="order of the changes alone, latest first",
        cites=tuple(before)[:4],
    )
