"""Conditions that take autonomy from a rollback: failures of one caller, a security release."""

from typing import Any

import pytest

from quorum.domain.evidence import ResourceState, Spread
from quorum.domain.poisoning import reasons_for_approval
from tests.builders.bundles import shop_bundle
from tests.builders.evidence import A, B, C, deployed, limited, state

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
    found = shop_bundle(**{**RELEASED, "spread": spread, **fields})
    (candidate,) = found.candidates
    return reasons_for_approval(found, candidate)


def test_reservation_when_four_fifths_of_failures_come_from_one_caller() -> None:
    (reason,) = said(one())

    assert "8 of 10 failing requests" in reason
    assert "one client_id" in reason


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
def test_no_reservation_when_failures_are_spread_over_callers(changed: dict[str, Any]) -> None:
    assert said(one(**changed)) == []


@pytest.mark.parametrize("resource", [A, B])
def test_reservation_from_the_spread_at_a_dependent_resource(resource: str) -> None:
    assert len(said(one(most=2), one(resource=resource))) == 1


def test_no_reservation_without_a_spread() -> None:
    assert said() == []


@pytest.mark.parametrize(("marked", "expected"), [("2", 1), ("1", 0), ("yes", 1)])
def test_reservation_for_a_rollback_below_a_security_release(marked: str, expected: int) -> None:
    states = (state(C, security_release=marked),)
    assert len(said(states=states)) == expected


def test_no_reservation_for_a_verb_without_a_rollback_target() -> None:
    units = ResourceState(resource=C, settings={"reserved_concurrency": 2, "security_release": "9"})
    found = shop_bundle(changes=(limited(C, 9, 2),), states=(units,), spread=(one(),))
    (candidate,) = found.candidates
    assert reasons_for_approval(found, candidate) == []


NEWCOMERS: dict[str, Any] = {"most": 1, "strangers": 8, "served": 10, "strangers_served": 4}


def test_reservation_when_four_fifths_of_failures_come_from_new_callers() -> None:
    (reason,) = said(one(**NEWCOMERS))

    assert "8 of 10 failing requests" in reason
    assert "not seen before" in reason


@pytest.mark.parametrize(
    "changed",
    [
        {"failing": 9, "strangers": 9},
        {"strangers": 7},
        {"callers_before": 2},
        {"served": 9, "strangers_served": 0},
        {"strangers_served": 5},
    ],
    ids=["few", "others too", "no caller known", "no caller served", "most are new anyway"],
)
def test_no_reservation_when_few_failures_come_from_new_callers(changed: dict[str, Any]) -> None:
    assert said(one(**{**NEWCOMERS, **changed})) == []
