"""Closeness of a decision and its decisive seats: shown to people, never used to decide."""

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

from quorum.domain.base import ActionId
from quorum.domain.constants import AUTONOMOUS_THRESHOLD, BASIS_POINTS
from quorum.domain.events import Disagreement
from quorum.domain.seats import Seat
from quorum.domain.votes import HEALTHY, Tally, Vote, tally


class _Counterfactual(NamedTuple):
    votes: dict[str, Vote]
    seats: Sequence[Seat]
    best: ActionId
    authorised: bool

    def decisive(self, seat: Seat) -> bool:
        """Return whether the outcome would flip with the opposite vote of this seat."""
        others = [vote for name, vote in self.votes.items() if name != seat.name]
        if self.authorised:
            return tally(others, self.seats).action is None
        template = next(iter(self.votes.values()))
        certain = {"seat": seat.name, "action": self.best, "conf_bp": BASIS_POINTS}
        return tally([*others, template.model_copy(update=certain)], self.seats).action == self.best


def disagreement(votes: Sequence[Vote], seats: Sequence[Seat], result: Tally) -> Disagreement:
    """Return how the admitted votes, one per seat, differ; empty without a best action."""
    best = next((score for score in result.ranking if score.action != HEALTHY), None)
    if best is None or best.share <= 0:
        return Disagreement(
            missed_bp=int(AUTONOMOUS_THRESHOLD * BASIS_POINTS), dissent=(), decisive=()
        )
    cast = {vote.seat: vote for vote in votes}
    counterfactual = _Counterfactual(cast, seats, best.action, result.action == best.action)
    supporting = {vote.seat for vote in votes if vote.action == best.action and vote.conf_bp > 0}
    short = (AUTONOMOUS_THRESHOLD - best.share) * BASIS_POINTS
    return Disagreement(
        missed_bp=max(0, ceil(short)),
        dissent=tuple(seat.name for seat in seats if seat.name not in supporting),
        decisive=tuple(seat.name for seat in seats if counterfactual.decisive(seat)),
    )
