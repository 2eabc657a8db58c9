"""What takes autonomy away from going back: failures of one caller's, a security release."""

from typing import Any

import pytest

from quorum.domain.evidence import ResourceState, Spread
from quorum.domain.poisoning import reasons_for_approval
from tests.simulation.handmade import bundle
from tests.simulation.parts import A, B, C, deployed, state

RELEASED = {"changes": (deployed(C, -5),), "states": (state(C),)}


def one(**changed: Any) -> Spread:
    fields: dict[str, Any] = {
        "resource": C,
        "field": "client_id",
        "failing": 10,
        "most": 8,
        "callers_before": 3,
        "before": 100,
        "most_before": 49,
    }
    return Spread(**{**fields, **changed})


def said(*spread: Spread, **fields: Any) -> list[str]:
    found = bundle(**{**RELEASED, "spread": spread, **fields})
    (candidate,) = found.candidates
    return reasons_for_approval(found, candidate)


def test_four_fifths_of_the_failures_from_one_caller_are_said() -> None:
    assert said(one()) == ["8 of 10 failing requests come from one client_id"]


@pytest.mark.parametrize(
    "changed",
    [
        {"failing": 9, "most": 9},
        {"most": 7},
        {"callers_before": 2},
        {"most_before": 50},
        {"before": 0, "most_before": 0},
        {"resource": "lambda:elsewhere"},
    ],
    ids=["few", "spread", "no others", "usual", "nothing known", "elsewhere"],
)
def test_otherwise_the_spread_says_nothing(changed: dict[str, Any]) -> None:
    assert said(one(**changed)) == []


@pytest.mark.parametrize("resource", [A, B])
def test_what_depends_on_the_resource_tells_as_well(resource: str) -> None:
    assert len(said(one(most=2), one(resource=resource))) == 1


def test_without_a_spread_nothing_is_said() -> None:
    assert said() == []


@pytest.mark.parametrize(("marked", "expected"), [("2", 1), ("1", 0), ("yes", 1)])
def test_going_below_a_security_release_is_said(marked: str, expected: int) -> None:
    states = (state(C, security_release=marked),)
    assert len(said(states=states)) == expected


def test_a_verb_that_goes_back_to_nothing_has_no_reservations() -> None:
    units = ResourceState(resource=C, settings={"reserved_concurrency": 2, "security_release": "9"})
    found = bundle(states=(units,), spread=(one(),))
    (candidate,) = found.candidates
    assert reasons_for_approval(found, candidate) == []


NEWCOMERS: dict[str, Any] = {"most": 1, "strangers": 8, "served": 10, "strangers_served": 4}


def test_four_fifths_of_the_failures_from_newcomers_are_said() -> None:
    assert said(one(**NEWCOMERS)) == [
        "8 of 10 failing requests come from client_ids that were not seen before"
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"failing": 9, "strangers": 9},
        {"strangers": 7},
        {"callers_before": 2},
        {"served": 9, "strangers_served": 0},
        {"strangers_served": 5},
    ],
    ids=["few", "others too", "nobody known", "nobody served", "most are new anyway"],
)
def test_otherwise_newcomers_say_nothing(changed: dict[str, Any]) -> None:
    assert said(one(**{**NEWCOMERS, **changed})) == []
