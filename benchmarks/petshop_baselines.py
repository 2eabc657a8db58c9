"""Two simple baseline rankings, similar to those of the petshop paper (arXiv 2311.04806).

Both use the deviation from the normal median in units of the median absolute deviation, which is
infinite where a constant changes. Ties are broken by name.
"""

from collections.abc import Callable, Mapping, Sequence
from math import inf, sqrt
from statistics import fmean, median
from typing import Final

from benchmarks.petshop import Rows

ANOMALOUS: Final = 5.0
FIRST: Final = 2
"""First row in which the issue has had time to show."""
LEAST: Final = 10
FLOOR: Final = 0.01
"""Minimum spread of the floored score, as a share of the median."""
Values = Sequence[float | None]


def ranked_correlation(target: str, metric: str, normal: Rows, abnormal: Rows) -> list[str]:
    """Return the anomalous nodes, ranked by correlation with the target in the abnormal rows.

    A node counts as anomalous if it is so in the first row, from the third on, where the target is.
    """
    scores = _scores(metric, normal, abnormal, floor=0.0)
    watched = scores.get(target, [])
    at = next((n for n in range(FIRST, len(watched)) if watched[n] > ANOMALOUS), None)
    if at is None:
        return []
    mine = abnormal[target, metric]
    found = {
        node: _correlation(mine, abnormal[node, metric])
        for node, values in scores.items()
        if node != target and values[at] > ANOMALOUS
    }
    return sorted(
        (n for n, r in found.items() if r is not None), key=lambda n: (-(found[n] or 0), n)
    )


def max_robust_z(target: str, metric: str, normal: Rows, abnormal: Rows) -> list[str]:
    """Return the nodes above the threshold, ranked by their largest floored deviation."""
    del target
    scores = _scores(metric, normal, abnormal, floor=FLOOR)
    largest = {node: max(values, default=0.0) for node, values in scores.items()}
    return sorted((n for n, z in largest.items() if z > ANOMALOUS), key=lambda n: (-largest[n], n))


BASELINES: Final[Mapping[str, Callable[[str, str, Rows, Rows], list[str]]]] = {
    "ranked_correlation": ranked_correlation,
    "max_robust_z": max_robust_z,
}


def _scores(metric: str, normal: Rows, abnormal: Rows, floor: float) -> dict[str, list[float]]:
    found = {}
    for node, name in sorted(abnormal):
        usual = [v for v in normal.get((node, metric), ()) if v is not None]
        if name == metric and len(usual) >= LEAST:
            middle = median(usual)
            spread = max(median(abs(v - middle) for v in usual), floor * abs(middle))
            found[node] = [_score(v, middle, spread) for v in abnormal[node, metric]]
    return found


def _score(value: float | None, middle: float, spread: float) -> float:
    if value is None or value == middle:
        return 0.0
    return abs(value - middle) / spread if spread else inf


def _correlation(one: Values, other: Values) -> float | None:
    """Return the absolute Pearson correlation of rows with both values; None with too few."""
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
    if len(pairs) < 3:  # noqa: PLR2004 - two points always correlate
        return None
    x, y = fmean(a for a, _ in pairs), fmean(b for _, b in pairs)
    xx, yy = sum((a - x) ** 2 for a, _ in pairs), sum((b - y) ** 2 for _, b in pairs)
    return abs(sum((a - x) * (b - y) for a, b in pairs)) / sqrt(xx * yy) if xx and yy else None
