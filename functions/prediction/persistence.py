"""Persistence method: the share of time that the alarmed series was off since each change.

Off is beyond all earlier values, on the side on which the alarm breaches.
"""

from typing import Final

from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle
from quorum.domain.votes import Opinion
from quorum.seats.seat import Deps
from quorum.seats.signals.change_windows import change_span, changes_undone
from quorum.seats.signals.traffic import alarmed

LISTED: Final = 0.75
MIN_POINTS: Final = 5


def persistence(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return, per candidate that reverts a change, a share by how constantly the series was off.

    Raises NotApplicableError without such a candidate or without enough points before the first of
    these changes.
    """
    falling = (bundle.alarms[0].comparison or "").startswith("Less")
    seen = {at: -value if falling else value for at, value in alarmed(bundle).items()}
    starts = {i: change_span(bundle, c).last for i, (_, c) in changes_undone(bundle).items()}
    usual = [v for at, v in seen.items() if at < min([*starts.values(), bundle.onset])]
    if not starts or len(usual) < MIN_POINTS:
        raise NotApplicableError("no candidate undoes a change, or too few points before it")
    limit = max(usual)
    shares = {}
    for candidate, start in starts.items():
        since = [v for at, v in seen.items() if at >= min(start, bundle.onset)]
        shares[candidate] = sum(v > limit for v in since) / len(since) if since else 0.0
    total = sum(share**2 for share in shares.values())
    best, side = max(shares.values()), "below" if falling else "above"
    return Opinion(
        probabilities={
            i: LISTED * best * s**2 / total if total else 0.0 for i, s in shares.items()
        },
        none=1 - LISTED,
        reason=f"{side} all earlier values {best:.0%} of the time since the likeliest change",
        cites=tuple(s.id for s in bundle.series if s.alarmed),
    )
