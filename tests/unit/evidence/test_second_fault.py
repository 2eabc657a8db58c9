"""Two faults at once, as distinct from one that spreads."""

from datetime import timedelta

import pytest

from functions.evidence.second_fault import failing_on_their_own, second_fault
from quorum.domain.evidence import Bundle, Change, Edge, Measure, Series
from tests.builders import bundles, evidence
from tests.builders.evidence import ONSET, line
from tests.fakes import START
from tests.simulation.scenarios import SCENARIOS

A, B, C, P = "lambda:a", "lambda:b", "lambda:c", "ssm:/p"


def series(resource: str, measure: Measure, before: float, after: float) -> Series:
    """Return a series of 240 s before the onset and 60 s after it, at these rates a second."""
    return line(resource, measure, before, after, start=ONSET - 240, end=ONSET + 60)


def errors(resource: str, after: float, before: float = 0.0) -> tuple[Series, Series]:
    """Return ten requests a second, of which so many fail."""
    return series(resource, "requests", 10, 10), series(resource, "errors", before, after)


def bundle(*found: Series, edges: str = "ab bc", changes: tuple[Change, ...] = ()) -> Bundle:
    """Return a bundle; `edges` are pairs of one-character names, p is the parameter."""
    names = {"a": A, "b": B, "c": C, "p": P}
    pairs = tuple(Edge(caller=names[one[0]], callee=names[one[1]]) for one in edges.split())
    taken_at = START + timedelta(seconds=60)
    return bundles.bundle(*found, taken_at=taken_at, changes=changes, edges=pairs)


def change(at: int, *, ours: bool = False) -> Change:
    return evidence.change(P, "parameter", at - ONSET, values=(1, 2), ours=ours)


def test_a_fault_that_spreads_to_its_callers_is_one() -> None:
    found = bundle(*errors(A, 5), *errors(B, 5), *errors(C, 5))
    assert failing_on_their_own(found) == (C,)
    assert not second_fault(found)


def test_callers_that_fail_slightly_more_or_less_are_explained() -> None:
    found = bundle(*errors(A, 4.7), *errors(B, 5.2), *errors(C, 5))
    assert failing_on_their_own(found) == (C,)


def test_caller_that_fails_far_more_often_is_a_second_fault() -> None:
    found = bundle(*errors(A, 8), *errors(B, 2), *errors(C, 2))
    assert failing_on_their_own(found) == (A, C)
    assert second_fault(found)


def test_two_independently_failing_callees_are_two_faults() -> None:
    found = bundle(*errors(A, 8), *errors(B, 4), *errors(C, 4), edges="ab ac")
    assert failing_on_their_own(found) == (B, C)
    assert second_fault(found)


def test_an_edge_that_the_inventory_stored_explains_no_second_fault() -> None:
    apart = bundle(*errors(A, 5), *errors(C, 5), edges="")
    joined = bundle(*errors(A, 5), *errors(C, 5), edges="ac")
    stored = Edge(caller=A, callee=C, source="configuration")

    assert second_fault(apart)
    assert not second_fault(joined)
    assert second_fault(apart.model_copy(update={"edges": (stored,)}))


def test_throttles_at_one_node_and_errors_at_another_are_two_faults() -> None:
    throttled = series(B, "throttles", 0, 4)
    found = bundle(*errors(A, 7), *errors(B, 3), throttled, *errors(C, 3))
    assert failing_on_their_own(found) == (B, C)
    assert second_fault(found)


def test_a_throttled_table_explains_the_functions_above_it() -> None:
    table = series(P, "throttles", 0, 6)
    found = bundle(*errors(A, 5), *errors(B, 5), table, edges="ab bp")
    assert failing_on_their_own(found) == (P,)


def test_table_throttled_before_the_onset_is_no_fault() -> None:
    table = series(P, "throttles", 1, 1)
    assert failing_on_their_own(bundle(*errors(A, 0), table, edges="ap")) == ()


def test_usual_errors_are_no_fault() -> None:
    assert (
        failing_on_their_own(bundle(*errors(A, 2, before=2), *errors(B, 0.02, before=0.01))) == ()
    )


def test_errors_spread_through_an_unmeasured_resource() -> None:
    found = bundle(*errors(A, 5), *errors(C, 5))
    assert failing_on_their_own(found) == (C,)


def test_two_readers_of_one_changed_parameter_are_one_fault() -> None:
    shown = (*errors(A, 4), *errors(B, 4))
    assert second_fault(bundle(*shown, edges="ap bp"))
    assert not second_fault(bundle(*shown, edges="ap bp", changes=(change(ONSET - 20),)))
    long_ago, our_own = change(ONSET - 5000), change(ONSET - 20, ours=True)
    assert second_fault(bundle(*shown, edges="ap bp", changes=(long_ago, our_own)))
    assert second_fault(bundle(*shown, edges="ap", changes=(change(ONSET - 20),)))


@pytest.mark.parametrize("edges", ["ab ba", "aa", "ab bc ca"])
def test_cycle_of_dependencies_terminates(edges: str) -> None:
    assert failing_on_their_own(bundle(*errors(A, 5), *errors(B, 5), edges=edges)) is not None


def test_unmeasured_resources_have_no_fault() -> None:
    assert not second_fault(bundle())


@pytest.mark.parametrize("name", sorted(set(SCENARIOS) - {"two-faults"}))
def test_one_fault_in_a_simulated_shop_is_one(name: str) -> None:
    seen = [second_fault(SCENARIOS[name](seed).bundle()) for seed in range(8)]
    assert sum(seen) == 0


def test_two_faults_in_a_simulated_shop_are_two() -> None:
    seen = [second_fault(SCENARIOS["two-faults"](seed).bundle()) for seed in range(8)]
    assert sum(seen) >= 7


def test_missing_point_of_a_callee_is_no_fault_of_its_caller() -> None:
    callee, requests = errors(B, 5)[1], errors(B, 5)[0]
    lost = [p for p in callee.points if not ONSET + 10 <= p[0] < ONSET + 19]
    holed = callee.model_copy(update={"points": tuple(lost)})
    assert failing_on_their_own(bundle(*errors(A, 5), requests, holed, edges="ab")) == (B,)
