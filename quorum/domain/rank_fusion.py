"""Reciprocal rank fusion: one ranking out of several whose scores cannot be compared.

Cormack, Clarke, Büttcher: Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning
Methods, SIGIR 2009. An item scores the sum of 1 / (60 + rank) over the rankings that hold it.
Items with equal scores share the best rank among them.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import Final, TypeVar

SMOOTHING: Final = 60
"""The constant of the paper: how little the first ranks count more than the next ones."""

Item = TypeVar("Item", bound=Hashable)


def fuse(rankings: Iterable[Mapping[Item, float]]) -> dict[Item, float]:
    """Return the fused score of each item. A ranking maps items to scores, higher is better."""
    fused: defaultdict[Item, float] = defaultdict(float)
    for ranking in rankings:
        ascending = sorted(ranking.values())
        for item, score in ranking.items():
            better = len(ascending) - bisect_right(ascending, score)
            fused[item] += 1 / (SMOOTHING + 1 + better)
    return dict(fused)
