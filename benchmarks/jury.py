"""A jury of seats that err together: what it decides, and what its best seat would alone."""

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
"""The sum of the beta's parameters: the larger, the closer confidence stays to accuracy."""
RIGHT: Final = action_id("lambda.rollback_alias", {"n": 1})
DECOY: Final = action_id("lambda.rollback_alias", {"n": 2})


class Said(NamedTuple):
    """A seat's vote."""

    action: str
    confidence: float


class Shares(NamedTuple):
    """Of all incidents."""

    right: float
    wrong: float

    @property
    def escalated(self) -> float:
        """Return what is left."""
        return max(0.0, 1 - self.right - self.wrong)


class Worth(NamedTuple):
    """What each way of deciding comes to, and the best seat that acts as often as the ten."""

    ten: Shares
    four: Shares
    best: Shares
    as_often: Shares


def incident(random: Random, accuracies: Sequence[float], correlation: float) -> list[Said]:
    """Return what the seats say about one incident."""
    difficulty = random.gauss(0, 1)
    said = []
    for accuracy in accuracies:
        confidence = random.betavariate(accuracy * SHARPNESS, (1 - accuracy) * SHARPNESS)
        own = random.gauss(0, 1)
        luck = NormalDist().cdf(correlation**0.5 * difficulty + (1 - correlation) ** 0.5 * own)
        said.append(Said(RIGHT if luck < confidence else DECOY, confidence))
    return said


def worth(
    accuracies: Sequence[float], correlation: float, *, shuffled: bool, incidents: int = INCIDENTS
) -> Worth:
    """Simulate; `shuffled` gives the accuracies to other seats each time."""
    random = Random(SEED)  # noqa: S311 - a simulation
    decided: list[tuple[str | None, str | None, Said]] = []
    for _ in range(incidents):
        drawn = random.sample(accuracies, len(accuracies)) if shuffled else list(accuracies)
        said = incident(random, drawn, correlation)
        by_seat = {seat.name: one for seat, one in zip(SEATS, said, strict=True)}
        best = said[drawn.index(max(drawn))]
        decided.append((count("2/4/3/1", by_seat), count("1/1/1/1", by_seat), best))
    alone = [one for *_, one in decided]
    acts = sum(ten is not None for ten, *_ in decided)
    return Worth(
        ten=_shares([ten for ten, *_ in decided]),
        four=_shares([four for _, four, _ in decided]),
        best=_shares([one.action if _sure(one) else None for one in alone]),
        as_often=_shares(_surest(alone, acts), incidents),
    )


def count(layout: str, said: Mapping[str, Said]) -> str | None:
    """Return what the layout's seats decide, or None: a person."""
    votes = [
        Vote(
            incident="0" * 32,
            round=1,
            evidence="0" * 64,
            seat=seat.name,
            action=said[seat.name].action,
            conf_bp=round(said[seat.name].confidence * BASIS_POINTS),
            exp=0,
        )
        for seat in LAYOUTS[layout]
    ]
    return tally(votes, LAYOUTS[layout]).action


def spread(mean: float) -> list[float]:
    """Return ten accuracies around the mean."""
    steps = len(SEATS) - 1
    return [min(MOST, mean - SPREAD + 2 * SPREAD * n / steps) for n in range(len(SEATS))]


def _shares(actions: Sequence[str | None], incidents: int | None = None) -> Shares:
    total = incidents or len(actions)
    return Shares(actions.count(RIGHT) / total, actions.count(DECOY) / total)


def _sure(said: Said) -> bool:
    return said.confidence >= AUTONOMOUS_THRESHOLD


def _surest(said: Sequence[Said], acts: int) -> list[str | None]:
    return [one.action for one in sorted(said, key=lambda one: -one.confidence)[:acts]]
