"""Worth of the quorum, simulated: ten seats, four voters and the best single seat.

Nothing here is measured of real seats: accuracies and correlations are assumed, and the table says
what would follow. `--accuracies FILE` takes measured ones and adds a table of them.

In each incident one candidate is right and one is a decoy, for which every seat that errs votes:
the worst kind of error, as errors that scatter go to a person. A seat's confidence is drawn from a
beta distribution around its accuracy, and is honest: of votes with confidence c the share c is
right. Errors go together by a Gaussian copula with one factor, the incident's difficulty: at
correlation 0 each seat errs by itself, at 1 all err at once. Seats are unequal, evenly spread 0.1
around the mean and 0.99 at most; who is good is drawn anew each time, and the best seat is the best
of the ten. Ten and four votes are counted by the code that decides, threshold and second rule; the
single seat acts when its own confidence is 0.7 or more. *As often* has it act in as many incidents
as the ten seats do, those of which it is surest, and says in how many it is then wrong. That
comparison favours the single seat: somebody must know which one is best, and that nobody has turned
it.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from statistics import NormalDist
from typing import Annotated, Final, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from benchmarks import result
from benchmarks.result import Cell, Goal, Measured, Table
from functions.shared.domain.catalogue import action_id
from functions.shared.domain.constants import AUTONOMOUS_THRESHOLD, BASIS_POINTS
from functions.shared.domain.seats import LAYOUTS, SEATS
from functions.shared.domain.votes import Vote, tally

INCIDENTS: Final = 4000
SEED: Final = 7
MEANS: Final = (0.7, 0.8, 0.9, 0.95)
SPREAD: Final = 0.1
MOST: Final = 0.99
CORRELATIONS: Final = (0.0, 0.3, 0.6, 0.9)
SHARPNESS: Final = 12.0
"""The sum of the beta's parameters: the larger, the closer confidence stays to accuracy."""
RIGHT: Final = action_id("lambda.rollback_alias", {"n": 1})
DECOY: Final = action_id("lambda.rollback_alias", {"n": 2})
Share = Annotated[float, Field(ge=0, le=1)]


class Accuracies(BaseModel):
    """What `--accuracies` reads: each seat's accuracy, and how far errors go together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seats: dict[str, Share]
    correlations: tuple[Share, ...] = CORRELATIONS

    def in_order(self) -> list[float]:
        """Return the accuracies by the seat table. Raises KeyError when a seat has none."""
        return [self.seats[seat.name] for seat in SEATS]


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


def measure(given: Accuracies | None = None) -> Measured:
    """Simulate every combination, and the measured accuracies if there are any."""
    grid = [
        (mean, correlation, worth(spread(mean), correlation, shuffled=True))
        for mean in MEANS
        for correlation in CORRELATIONS
    ]
    rows = [{"mean accuracy": mean, "correlation": c, **_row(found)} for mean, c, found in grid]
    tables = [Table(title=f"% of {INCIDENTS:,} incidents, assumed accuracies", rows=rows)]
    if given:
        tables.append(Table(title="Measured accuracies", rows=list(_measured(given))))
    worse = sum(found.ten.wrong > found.best.wrong for *_, found in grid)
    return Measured(
        benchmark="worth",
        about=__doc__ or "",
        goals=[
            Goal(
                what="rows in which ten seats act wrongly more often than the best seat",
                rule="exactly",
                limit=0,
                measured=worse,
            )
        ],
        tables=tables,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `python -m benchmarks.worth [--accuracies FILE] [--json FILE]`."""
    parser = ArgumentParser(prog="python -m benchmarks.worth", add_help=False)
    parser.add_argument("--accuracies", type=Path)
    known, rest = parser.parse_known_args(arguments)
    given = known.accuracies and Accuracies.model_validate_json(known.accuracies.read_text())
    return result.main("worth", lambda: measure(given), rest)


def _measured(given: Accuracies) -> Iterator[dict[str, Cell]]:
    for correlation in given.correlations:
        found = worth(given.in_order(), correlation, shuffled=False)
        yield {"correlation": correlation, **_row(found)}


def _row(found: Worth) -> dict[str, Cell]:
    named = {"ten": found.ten, "four": found.four, "best": found.best}
    cells: dict[str, Cell] = {
        f"{name}: {what}": _percent(getattr(shares, what))
        for name, shares in named.items()
        for what in ("right", "wrong", "escalated")
    }
    return {**cells, "best, as often: wrong": _percent(found.as_often.wrong)}


def _shares(actions: Sequence[str | None], incidents: int | None = None) -> Shares:
    total = incidents or len(actions)
    return Shares(actions.count(RIGHT) / total, actions.count(DECOY) / total)


def _sure(said: Said) -> bool:
    return said.confidence >= AUTONOMOUS_THRESHOLD


def _surest(said: Sequence[Said], acts: int) -> list[str | None]:
    return [one.action for one in sorted(said, key=lambda one: -one.confidence)[:acts]]


def _percent(share: float) -> float:
    return round(100 * share, 1)


if __name__ == "__main__":
    sys.exit(main())
