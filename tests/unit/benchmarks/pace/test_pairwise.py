"""The pairwise cover of the factors."""

import random
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.pace.pairwise import Row, cover, pairs
from benchmarks.pace.plan import FACTORS, of_row, sensible

FACTOR_SETS = st.dictionaries(
    st.sampled_from("abcde"), st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True),
    min_size=2,
)  # fmt: skip


@given(FACTOR_SETS, st.integers(0, 99))
def test_every_pair_of_levels_is_in_a_row(factors: dict[str, list[int]], seed: int) -> None:
    covered = set().union(*map(pairs, cover(factors, random.Random(seed))))  # noqa: S311
    for one, other in combinations(factors, 2):
        for a in factors[one]:
            for b in factors[other]:
                assert frozenset({(one, a), (other, b)}) in covered


def test_rows_that_are_not_allowed_are_left_out() -> None:
    def allowed(row: Row) -> bool:
        return not (row["a"] == 1 and row["b"] == 1)

    rows = cover({"a": (1, 2), "b": (1, 2), "c": (1, 2)}, random.Random(1), allowed)  # noqa: S311
    assert all(map(allowed, rows))
    assert {(row["a"], row["b"]) for row in rows} == {(1, 2), (2, 1), (2, 2)}


def test_the_quick_plan_covers_the_sensible_pairs_in_few_rows() -> None:
    rows = cover(FACTORS, random.Random(1), sensible)  # noqa: S311
    assert len(rows) < 70
    assert len({of_row(row) for row in rows}) == len(rows)
    seen = set().union(*map(pairs, rows))
    assert frozenset({("fault", "latency"), ("metric", "nonzero")}) not in seen
    assert frozenset({("fault", "total"), ("rate", 0.2)}) in seen
