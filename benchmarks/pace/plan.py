"""Plans: the cells to run, and how often."""

import random
from itertools import product
from typing import Any, Final, NamedTuple

from benchmarks.pace.cells import AlarmShape, Cell, Twin
from benchmarks.pace.facts import LAGS
from benchmarks.pace.pairwise import Row, cover

RATES: Final = (0.2, 1.0, 3.0, 10.0, 100.0, 1000.0)
FAULTS: Final = ("total", "partial", "small", "latency", "gradual", "delayed")
TOPOLOGIES: Final = ("single", "pair", "chain", "fan-out")
SHAPES: Final = ((1, 1, 60), (3, 5, 60), (1, 1, 300), (3, 5, 300))
KINDS: Final = ("name", "alias", "band", "composite")
MISSING: Final = ("notBreaching", "missing", "ignore", "breaching")
FACTORS: Final[dict[str, tuple[Any, ...]]] = {
    "fault": FAULTS,
    "rate": RATES,
    "lag": LAGS,
    "partial": (True, False),
    "shape": SHAPES,
    "kind": KINDS,
    "missing": MISSING,
    "metric": ("always", "nonzero"),
    "topology": TOPOLOGIES,
    "throttled": (False, True),
}
TWINS: Final[tuple[Twin, ...]] = ("noise", "load", "release", "blip")
FEW: Final = 4
"""Runs of each cell of the quick plan."""
ALWAYS_THERE: Final = 10.0
"""Requests a minute from which on every period has a datapoint."""


class Plan(NamedTuple):
    """Cells with the number of runs of each."""

    cells: tuple[tuple[Cell, int], ...]
    twins: tuple[tuple[Cell, int], ...]


def sensible(row: Row) -> bool:
    """Return whether an operator could have set this: else the alarm rings without a fault.

    `breaching` needs a metric that always has data; a metric filter has no alias.
    """
    levels: dict[str, Any] = row
    if levels["missing"] == "breaching":
        return bool(levels["metric"] == "always" and levels["rate"] >= ALWAYS_THERE)
    if levels["metric"] == "nonzero":
        return bool(levels["kind"] != "alias" and levels["fault"] != "latency")
    return True


def of_row(row: Row) -> Cell:
    """Return the cell of a row of levels."""
    levels: dict[str, Any] = dict(row)
    datapoints, periods, period = levels.pop("shape")
    alarm = AlarmShape(datapoints, periods, period, levels.pop("kind"), levels.pop("missing"))
    return Cell(**levels, alarm=alarm)


def pairwise_cells(seed: int) -> tuple[Cell, ...]:
    """Return cells that cover every pair of levels."""
    rng = random.Random(seed)  # noqa: S311 - a choice of scenarios, no secret
    return tuple(of_row(row) for row in cover(FACTORS, rng, sensible))


def goal_cells() -> tuple[Cell, ...]:
    """Return the cells that the goals name: a release that fails every request, and 30 %."""
    grid = product(
        ("total", "partial"), (1.0, 10.0, 100.0), (90, 240), ((1, 1), (3, 5)), ("single", "pair")
    )
    return tuple(
        Cell(
            fault="total" if fault == "total" else "partial",
            rate=rate,
            lag=lag,
            partial=lag == 90,  # noqa: PLR2004 - the longer lag shows nothing until delivered
            alarm=AlarmShape(*shape),
            metric="nonzero" if lag == 240 else "always",  # noqa: PLR2004
            topology="single" if topology == "single" else "pair",
        )
        for fault, rate, lag, shape, topology in grid
    )


def quick(seed: int) -> Plan:
    """Return the quick plan: every pair of levels, a few runs each, and a few twins."""
    cells = pairwise_cells(seed)
    return Plan(tuple((cell, FEW) for cell in cells), tuple((cell, 2) for cell in twins(cells)))


def full(seed: int) -> Plan:
    """Return the full plan: the goals' cells, every pair of levels, and 3,000 twins or more."""
    cells = (*goal_cells(), *pairwise_cells(seed))
    healthy = twins(cells)
    return Plan(
        tuple((cell, 20) for cell in cells),
        tuple((cell, -(-3000 // len(healthy))) for cell in healthy),
    )


def twins(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Return the cells without their faults, each with one kind of harmless trouble."""
    plain = [c for c in cells if c.fault != "latency" and c.alarm.missing != "breaching"]
    return tuple(
        cell._replace(fault="none", twin=TWINS[place % len(TWINS)])
        for place, cell in enumerate(plain)
    )
