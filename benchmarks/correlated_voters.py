"""Simulation of seats with correlated errors: the quorum's decisions and the best seat's."""

from collections.abc import Mapping, Sequence
from random import Random
from statistics import NormalDist
from typing import Final, NamedTuple

from quorum.domain.catalogue import action_id
from quorum.domain.constants import AUTONOMOUS_THRESHOLD, BASIS_POINTS
from quorum.domain.seats import LAYOUTS, SEATS
from quorum.domain.votes import Vote, tally

INCIDENTS: Final = 4000
SEED: Final = 7
SPREAD: Final = 0.1
MOST: Final = 0.99
SHARPNESS: Final = 12.0
"""Sum of the beta distribution's parameters: the larger, the closer confidence is to accuracy."""
RIGHT: Final = action_id("lambda.rollback_alias", {"n": 1})
DECOY: Final = action_id("lambda.rollback_alias", {"n": 2})


class SimulatedVote(NamedTuple):
    """A seat's vote."""

    action: str
    confidence: float


class Shares(NamedTuple):
    """Shares of all incidents, from 0 to 1."""

    right: float
    wrong: float

    @property
    def escalated(self) -> float:
        """Return the share without a decision."""
        return max(0.0, 1 - self.right - self.wrong)


class Outcomes(NamedTuple):
    """Results of each way to decide; in `as_often` the best seat acts as often as the ten."""

    ten: Shares
    four: Shares
    best: Shares
    as_often: Shares


def incident(
    random: Random, accuracies: Sequence[float], correlation: float
) -> list[SimulatedVote]:
    """Return the seats' votes on one incident."""
    difficulty = random.gauss(0, 1)
    votes = []
    for accuracy in accuracies:
        confidence = random.betavariate(accuracy * SHARPNESS, (1 - accuracy) * SHARPNESS)
        own = random.gauss(0, 1)
        luck = NormalDist().cdf(correlation**0.5 * difficulty + (1 - correlation) ** 0.5 * own)
        votes.append(SimulatedVote(RIGHT if luck < confidence else DECOY, confidence))
    return votes


def simulate(
    accuracies: Sequence[float], correlation: float, *, shuffled: bool, incidents: int = INCIDENTS
) -> Outcomes:
    """Simulate incidents; `shuffled` assigns the accuracies to other seats in each."""
    random = Random(SEED)  # noqa: S311 - a simulation
    decided: list[tuple[str | None, str | None, SimulatedVote]] = []
    for _ in range(incidents):
        drawn = random.sample(accuracies, len(accuracies)) if shuffled else list(accuracies)
        votes = incident(random, drawn, correlation)
        by_seat = {seat.name: one for seat, one in zip(SEATS, votes, strict=True)}
        best = votes[drawn.index(max(drawn))]
        decided.append((count("2/4/3/1", by_seat), count("1/1/1/1", by_seat), best))
    alone = [one for *_, one in decided]
    acts = sum(ten is not None for ten, *_ in decided)
    return Outcomes(
        ten=_shares([ten for ten, *_ in decided]),
        four=_shares([four for _, four, _ in decided]),
        best=_shares([one.action if _acts(one) else None for one in alone]),
        as_often=_shares(_most_confident(alone, acts), incidents),
    )


def count(layout: str, by_seat: Mapping[str, SimulatedVote]) -> str | None:
    """Return the action that the layout's seats decide on, or None for escalation."""
    votes = [
        Vote(
            incident="0" * 32,
            round=1,
            evidence="0" * 64,
            seat=seat.name,
            action=by_seat[seat.name].action,
            conf_bp=round(by_seat[seat.name].confidence * BASIS_POINTS),
            exp=0,
        )
        for seat in LAYOUTS[layout]
    ]
    return tally(votes, LAYOUTS[layout]).action


def spread(mean: float) -> list[float]:
    """Return the seats' accuracies, evenly spread around the mean."""
    steps = len(SEATS) - 1
    return [min(MOST, mean - SPREAD + 2 * SPREAD * n / steps) for n in range(len(SEATS))]


def _shares(actions: Sequence[str | None], incidents: int | None = None) -> Shares:
    total = incidents or len(actions)
    return Shares(actions.count(RIGHT) / total, actions.count(DECOY) / total)


def _acts(vote: SimulatedVote) -> bool:
    return vote.confidence >= AUTONOMOUS_THRESHOLD


def _most_confident(votes: Sequence[SimulatedVote], acts: int) -> list[str | None]:
    return [one.action for one in sorted(votes, key=lambda one: -one.confidence)[:acts]]
