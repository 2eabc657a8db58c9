"""Pairwise cover: every pair of levels of two factors occurs in at least one row.

The greedy algorithm of AETG (Cohen et al., IEEE TSE 23(7), 1997): among random completions of a
pair that is not covered yet, take the row that covers the most new pairs.
"""

import random
from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import combinations
from typing import Final

Row = dict[str, Hashable]
Pair = frozenset[tuple[str, Hashable]]
TRIES: Final = 30


def cover(
    factors: Mapping[str, Sequence[Hashable]],
    rng: random.Random,
    allowed: Callable[[Row], bool] = lambda _: True,
) -> list[Row]:
    """Return rows that cover every pair of levels that some allowed row contains."""
    open_pairs = {
        frozenset({(one, a), (other, b)})
        for one, other in combinations(factors, 2)
        for a in factors[one]
        for b in factors[other]
    }
    rows: list[Row] = []
    for pair in sorted(open_pairs, key=lambda p: sorted(map(str, p))):
        if pair not in open_pairs:
            continue
        tried = (_completed(dict(pair), factors, rng) for _ in range(TRIES))
        possible = [row for row in tried if allowed(row)]
        if not possible:
            open_pairs.discard(pair)  # no allowed row was found for it
            continue
        best = max(possible, key=lambda row: len(open_pairs & pairs(row)))
        open_pairs -= pairs(best)
        rows.append(best)
    return rows


def pairs(row: Mapping[str, Hashable]) -> set[Pair]:
    """Return all pairs of levels in the row."""
    return {frozenset(pair) for pair in combinations(row.items(), 2)}


def _completed(row: Row, factors: Mapping[str, Sequence[Hashable]], rng: random.Random) -> Row:
    return {name: row.get(name, rng.choice(levels)) for name, levels in factors.items()}
