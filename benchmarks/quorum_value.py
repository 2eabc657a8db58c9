"""Value of the quorum, simulated: ten seats, four seats and the best single seat.

Accuracies and correlations are assumed, not measured on real seats. `--accuracies FILE` reads
measured ones and adds a table for them.

In each incident one candidate is right and one is a decoy, for which every seat that errs votes.
This is the worst kind of error, because scattered errors are escalated to a person. A seat's
confidence is drawn from a beta distribution around its accuracy and is calibrated: of votes with
confidence c, the share c is right. Errors are correlated by a Gaussian copula with one factor, the
incident's difficulty: at correlation 0 seats err independently, at 1 all err together. Accuracies
are spread evenly within 0.1 of the mean, 0.99 at most, and assigned to the seats at random in each
incident; the best seat is the most accurate of the ten. The votes of ten and of four seats are
counted by Quorum's own code, with threshold and second rule; the single seat acts if its confidence
is 0.7 or more. *As often* lets it act in as many incidents as the ten seats, those where it is most
confident, and gives the share in which it is wrong. This comparison favours the single seat, which
in practice would have to be identified as the best, and trusted not to be compromised.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from benchmarks import result
from benchmarks.correlated_voters import INCIDENTS, Outcomes, simulate, spread
from benchmarks.result import Cell, Goal, Measured, ResultTable
from quorum.domain.seats import SEATS

MEANS: Final = (0.7, 0.8, 0.9, 0.95)
CORRELATIONS: Final = (0.0, 0.3, 0.6, 0.9)
Share = Annotated[float, Field(ge=0, le=1)]


class Accuracies(BaseModel):
    """The file of `--accuracies`: each seat's accuracy, and the correlations to simulate."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seats: dict[str, Share]
    correlations: tuple[Share, ...] = CORRELATIONS

    def in_order(self) -> list[float]:
        """Return the accuracies in the order of the seats. Raises KeyError if one is missing."""
        return [self.seats[seat.name] for seat in SEATS]


def measure(given: Accuracies | None = None) -> Measured:
    """Simulate every combination, and the measured accuracies if given."""
    grid = [
        (mean, correlation, simulate(spread(mean), correlation, shuffled=True))
        for mean in MEANS
        for correlation in CORRELATIONS
    ]
    rows = [{"mean accuracy": mean, "correlation": c, **_row(found)} for mean, c, found in grid]
    tables = [ResultTable(title=f"% of {INCIDENTS:,} incidents, assumed accuracies", rows=rows)]
    if given:
        tables.append(ResultTable(title="Measured accuracies", rows=list(_measured(given))))
    worse = sum(found.ten.wrong > found.best.wrong for *_, found in grid)
    return Measured(
        benchmark="quorum_value",
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
    """Run `python -m benchmarks.quorum_value [--accuracies FILE] [--json FILE]`."""
    parser = ArgumentParser(prog="python -m benchmarks.quorum_value", add_help=False)
    parser.add_argument("--accuracies", type=Path)
    known, rest = parser.parse_known_args(arguments)
    given = known.accuracies and Accuracies.model_validate_json(known.accuracies.read_text())
    return result.main("quorum_value", lambda: measure(given), rest)


def _measured(given: Accuracies) -> Iterator[dict[str, Cell]]:
    for correlation in given.correlations:
        found = simulate(given.in_order(), correlation, shuffled=False)
        yield {"correlation": correlation, **_row(found)}


def _row(found: Outcomes) -> dict[str, Cell]:
    named = {"ten": found.ten, "four": found.four, "best": found.best}
    cells: dict[str, Cell] = {
        f"{name}: {what}": _percent(getattr(shares, what))
        for name, shares in named.items()
        for what in ("right", "wrong", "escalated")
    }
    return {**cells, "best, as often: wrong": _percent(found.as_often.wrong)}


def _percent(share: float) -> float:
    return round(100 * share, 1)


if __name__ == "__main__":
    sys.exit(main())
