"""Plans: the cells to run, in groups, and how often."""

import random
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, Final, Literal, NamedTuple

from benchmarks.pace.cells import AlarmShape, Cell, FaultName, Topology, Twin
from benchmarks.pace.facts import LAGS
from benchmarks.pace.pairwise import Row, cover

Group = Literal["goal", "quiet", "frontier", "pairwise", "other", "sources", "twin"]
FAULTS: Final[tuple[FaultName, ...]] = (
    "total",
    "partial",
    "small",
    "latency",
    "gradual",
    "delayed",
)
TOPOLOGIES: Final[tuple[Topology, ...]] = ("single", "pair", "chain", "fan-out")
FACTORS: Final[dict[str, tuple[Any, ...]]] = {
    "fault": FAULTS,
    "rate": (0.2, 1.0, 3.0, 10.0, 100.0, 1000.0),
    "lag": LAGS,
    "partial": (True, False),
    "shape": ((1, 1, 60), (3, 5, 60), (1, 1, 300), (3, 5, 300)),
    "kind": ("name", "alias", "band", "composite"),
    "missing": ("notBreaching", "missing", "ignore", "breaching"),
    "metric": ("always", "nonzero"),
    "topology": TOPOLOGIES,
    "throttled": (False, True),
}
TWINS: Final[tuple[Twin, ...]] = ("noise", "load", "release", "blip")
LEAST_TWINS: Final = 3000
ALWAYS_THERE: Final = 10.0
"""Requests a minute from which on every period has a datapoint."""
MINUTELY: Final = (AlarmShape(1, 1), AlarmShape(3, 5))


class Planned(NamedTuple):
    """A cell, its group, and the number of its runs."""

    group: Group
    cell: Cell
    runs: int


def quick(seed: int) -> tuple[Planned, ...]:
    """Return the quick plan: every pair of levels, the goals' cells thinned out, a few twins."""
    cells = pairwise_cells(seed)
    return (
        *_times(4, "goal", _spread(seed, 24, list(goal_cells()))),
        *_times(4, "quiet", _spread(seed, 6, list(quiet_cells()))),
        *_times(4, "pairwise", cells),
        *_times(4, "other", _spread(seed, 6, list(other_cells()))),
        *_times(4, "sources", _spread(seed, 2, list(source_cells()))),
        *_times(3, "twin", twins(cells)),
    )


def full(seed: int) -> tuple[Planned, ...]:
    """Return the full plan: all groups, and at least LEAST_TWINS runs without a fault."""
    cells = pairwise_cells(seed)
    healthy = twins(cells)
    return (
        *_times(6, "goal", goal_cells()),
        *_times(10, "quiet", quiet_cells()),
        *_times(10, "frontier", frontier_cells()),
        *_times(10, "pairwise", cells),
        *_times(10, "other", other_cells()),
        *_times(10, "sources", source_cells()),
        *_times(-(-LEAST_TWINS // len(healthy)), "twin", healthy),
    )


def goal_cells() -> Iterator[Cell]:
    """Yield releases that fail every request: any lag, 60 s periods, with and without a map."""
    for rate, lag, partial, alarm, topology in product(
        (10.0, 100.0, 1000.0), LAGS, (True, False), MINUTELY, _topologies("single", "pair")
    ):
        yield Cell("total", rate, lag, partial=partial, alarm=alarm, topology=topology)


def quiet_cells() -> Iterator[Cell]:
    """Yield releases that fail every request of a service that has few."""
    for rate, lag, alarm, topology in product(
        (0.2, 1.0, 3.0), (60, 240), MINUTELY, _topologies("single", "pair")
    ):
        half = lag == LAGS[1]
        yield Cell("total", rate, lag, partial=half, alarm=alarm, topology=topology)


def frontier_cells() -> Iterator[Cell]:
    """Yield smaller, slower and later faults."""
    for fault, rate, alarm, topology in product(
        FAULTS[1:], (10.0, 100.0, 1000.0), MINUTELY, _topologies("single", "pair")
    ):
        yield Cell(fault, rate, 120, alarm=alarm, topology=topology)


def other_cells() -> Iterator[Cell]:
    """Yield alarms on metrics that exist only on failure, a table's, and faults from outside."""
    for lag, alarm, missing in product((60, 120, 240), MINUTELY, ("notBreaching", "ignore")):
        shape = alarm._replace(missing="ignore" if missing == "ignore" else "notBreaching")
        yield Cell(
            "total", 100.0, lag, partial=False, alarm=shape, metric="nonzero", topology="pair"
        )
    for rate, lag, alarm in product((10.0, 100.0), (60, 180), MINUTELY):
        yield Cell("capacity", rate, lag, alarm=alarm, metric="throttles", topology="pair")
    for rate, alarm, topology in product((10.0, 100.0), MINUTELY, _topologies("single", "pair")):
        yield Cell("external", rate, alarm=alarm, topology=topology)


def source_cells() -> Iterator[Cell]:
    """Yield cells twice: with sources that answer, and with throttled ones."""
    for rate, topology, throttled in product(
        (10.0, 100.0), _topologies("pair", "fan-out"), (False, True)
    ):
        yield Cell("total", rate, alarm=AlarmShape(3, 5), topology=topology, throttled=throttled)


def pairwise_cells(seed: int) -> tuple[Cell, ...]:
    """Return cells that cover every pair of levels."""
    rng = random.Random(seed)  # noqa: S311 - a choice of scenarios, no secret
    return tuple(of_row(row) for row in cover(FACTORS, rng, sensible))


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


def twins(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """Return the cells without their faults, each with every kind of harmless trouble."""
    plain = (c for c in cells if c.fault != "latency" and c.alarm.missing != "breaching")
    return tuple(
        cell._replace(fault="none", twin=TWINS[place % len(TWINS)])
        for place, cell in enumerate(plain)
    )


def _times(runs: int, group: Group, cells: Iterator[Cell] | Sequence[Cell]) -> Iterator[Planned]:
    for cell in cells:
        yield Planned(group, cell, runs)


def _spread(seed: int, count: int, cells: Sequence[Cell]) -> Sequence[Cell]:
    """Return so many of the cells; cells that are alike but for throttling stay together."""
    alike = sorted({str(cell._replace(throttled=False)) for cell in cells})
    rng = random.Random(seed)  # noqa: S311 - a choice of scenarios, no secret
    chosen = set(rng.sample(alike, min(count, len(alike))))
    return [cell for cell in cells if str(cell._replace(throttled=False)) in chosen]


def _topologies(*names: Topology) -> tuple[Topology, ...]:
    return names
