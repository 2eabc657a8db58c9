"""The resources that evidence is gathered for."""

from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from quorum.domain.evidence import Edge
from quorum.domain.scope import MOST, scope, within

names = st.integers(0, 60).map(lambda n: f"lambda:f{n}")
edges = st.lists(st.builds(Edge, caller=names, callee=names), max_size=120)


def chain(*names: str) -> list[Edge]:
    return [Edge(caller=a, callee=b) for a, b in pairwise(names)]


def test_scope_has_direct_callers_and_all_callees() -> None:
    known = chain("lambda:a", "lambda:b", "lambda:c", "dynamodb:d")
    assert scope(["lambda:c"], known) == ("lambda:c", "dynamodb:d", "lambda:b")
    assert set(scope(["lambda:b"], known)) == {"lambda:a", "lambda:b", "lambda:c", "dynamodb:d"}


def test_scope_leaves_out_the_farthest_resources() -> None:
    known = chain(*(f"lambda:f{n}" for n in range(9)))
    assert scope(["lambda:f0"], known, most=2) == ("lambda:f0", "lambda:f1")


@given(st.lists(names, min_size=1, max_size=30), edges)
def test_scope_is_bounded_and_begins_with_the_alarms(alarmed: list[str], known: list[Edge]) -> None:
    found = scope(alarmed, known)
    assert len(found) <= MOST
    assert len(set(found)) == len(found)
    own = list(dict.fromkeys(alarmed))
    assert list(found[: len(own)]) == own[:MOST]


@given(st.lists(names, min_size=1, max_size=5), edges, st.randoms())
def test_scope_does_not_depend_on_the_order_of_edges(
    alarmed: list[str], known: list[Edge], rng: Random
) -> None:
    shuffled = list(known)
    rng.shuffle(shuffled)
    assert scope(alarmed, shuffled) == scope(alarmed, known)
    assert within(shuffled, alarmed) == within(known, alarmed)


def test_edges_of_the_scope_stay_inside_it() -> None:
    known = chain("lambda:a", "lambda:b", "lambda:c")
    assert within(known, ["lambda:a", "lambda:b"]) == (known[0],)
