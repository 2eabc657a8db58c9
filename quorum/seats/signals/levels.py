"""Levels of use of a resource: CPU, memory, connections, space, hosts."""

from math import isfinite, log
from typing import Final

from quorum.domain.base import ResourceId
from quorum.domain.evidence import Bundle, Series
from quorum.seats.signals.traffic import Points

COUNTED: Final = frozenset({"Sum", "SampleCount"})
"""Statistics of consumption, which grows with the requests and is no level."""
TINY: Final = 1e-6


def usages(bundle: Bundle, resource: ResourceId) -> tuple[Points, ...]:
    """Return the logarithm of each level of use over time, with its sign: higher is worse.

    What is watched by its minimum, such as free space or healthy hosts, is worse when it falls.
    """
    return tuple(
        {at: _sign(s) * log(max(TINY, v)) for at, v in s.points if isfinite(v)}
        for s in bundle.series
        if (s.resource, s.measure) == (resource, "capacity") and s.statistic not in COUNTED
    )


def _sign(series: Series) -> int:
    return -1 if series.statistic == "Minimum" else 1
