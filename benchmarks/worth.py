"""Value of the quorum, simulated: ten seats, four voters and the best single seat.

Nothing here is measured on real seats: accuracies and correlations are assumed, and the table shows
what would follow. `--accuracies FILE` takes measured ones and adds a table of them.

In each incident one candidate is right and one is a decoy, for which every seat that errs votes:
the worst kind of error, as errors that scatter go to a person. A seat's confidence is drawn from a
beta distribution around its accuracy, and is honest: of votes with confidence c the share c is
right. Errors go together by a Gaussian copula with one factor, the incident's difficulty: at
correlation 0 each seat errs by itself, at 1 all err at once. Seats are unequal, evenly spread 0.1
around the mean and 0.99 at most; the good ones are drawn anew each time, and the best seat is the
best of the ten. Ten and four votes are counted by the code that decides, threshold and second rule;
the single seat acts when its own confidence is 0.7 or more. *As often* has it act in as many
incidents as the ten seats do, those of which it is surest, and shows in how many it is then wrong.
That comparison favours the single seat: a person must know which one is best, and that it is not
compromised.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from benchmarks import result
from benchmarks.jury import INCIDENTS, Worth, spread, worth
from benchmarks.result import Cell, Goal, Measured, Table
from quorum.domain.seats import SEATS

MEANS: Final = (0.7, 0.8, 0.9, 0.95)
CORRELATIONS: Final = (0.0, 0.3, 0.6, 0.9)
Share = Annotated[float, Field(ge=0, le=1)]


class Accuracies(BaseModel):
    """What `--accuracies` reads: each seat's accuracy, and how far errors go together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seats: dict[str, Share]
    correlations: tuple[Share, ...] = CORRELATIONS

    def in_order(self) -> list[float]:
        """Return the accuracies by the seat table. Raises KeyError when a seat has none."""
        return [self.seats[seat.name] for seat in SEATS]


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


def _percent(share: float) -> float:
    return round(100 * share, 1)


if __name__ == "__main__":
    sys.exit(main())
