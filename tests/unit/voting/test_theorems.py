"""Theorems about the two rules for any real confidences; and that the rules are the code's."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from z3 import Not, Or, Reals, Sum, is_true, simplify

from quorum.domain.constants import AUTONOMOUS_THRESHOLD, ROLE_WEIGHTS
from quorum.domain.seats import LAYOUTS, Seat, units
from quorum.domain.votes import tally
from tests.builders.votes import ACTIONS, choices, confidences, vote
from tests.unit.voting.theorems import (
    WEIGHTS,
    Election,
    authorised,
    example,
    no_role_is_pivotal,
    reaches,
    share,
)

FAIR_SHARE = 2 * AUTONOMOUS_THRESHOLD - 1
"""From this weight on, 0.4, liars outside of one role can do both; a third is less."""
Who = Callable[[Election], Any]
FEW: Who = lambda e: e.liars_weigh() < share(FAIR_SHARE)  # noqa: E731
ROLE: Who = Election.liars_are_in_one_role
tolerated = pytest.mark.parametrize("who", [FEW, ROLE], ids=["less-than-0.4", "one-role"])


@tolerated
def test_no_action_is_authorised_without_most_of_the_honest_weight(who: Who) -> None:
    e = Election()

    assert example(e, who(e), authorised(e.support("A")), Not(e.honest_majority("A"))) is None


@tolerated
def test_two_counters_never_authorise_different_actions(who: Who) -> None:
    e = Election()

    found = example(e, who(e), authorised(e.support("A", 1)), authorised(e.support("B", 2)))

    assert found is None


def test_one_counter_never_authorises_two_actions_with_any_liars() -> None:
    e = Election()

    assert example(e, reaches(e.support("A")), reaches(e.support("B"))) is None


def test_liars_below_the_threshold_authorise_nothing_by_themselves() -> None:
    e = Election()
    no_support = Sum(*e.honest["A"].values()) == 0

    few = e.liars_weigh() < share(AUTONOMOUS_THRESHOLD)

    assert example(e, few, no_support, authorised(e.support("A"))) is None


def test_liars_change_a_score_by_at_most_their_weight() -> None:
    e = Election()
    moved = Sum(*e.support("A").values()) - Sum(*e.honest["A"].values())

    assert example(e, Or(moved > e.liars_weigh(), moved < 0)) is None


def test_dropped_or_weakened_votes_never_authorise() -> None:
    e = Election()
    whole = e.support("A")
    left = dict(zip(WEIGHTS, Reals(" ".join(f"left_{role}" for role in WEIGHTS)), strict=True))
    fewer = [(left[role] >= 0, left[role] <= whole[role]) for role in WEIGHTS]
    bounds = [bound for pair in fewer for bound in pair]

    assert example(e, *bounds, authorised(left), Not(authorised(whole))) is None


@pytest.mark.parametrize("role", ROLE_WEIGHTS)
def test_second_rule_is_needed_against_the_largest_role_only(role: str) -> None:
    e = Election()
    alone = [weight == 0 for other, weight in e.liars.items() if other != role]

    unfair = example(e, *alone, reaches(e.support("A")), Not(e.honest_majority("A")))
    double = example(e, *alone, reaches(e.support("A", 1)), reaches(e.support("B", 2)))

    print(role, unfair, double, sep="\n")
    assert (unfair is not None) == (double is not None) == (role == "diagnosis")


def test_bound_on_liars_is_tight() -> None:
    e = Election()
    just = e.liars_weigh() == share(FAIR_SHARE)

    unfair = example(e, just, authorised(e.support("A")), Not(e.honest_majority("A")))
    double = example(e, just, authorised(e.support("A", 1)), authorised(e.support("B", 2)))

    print(unfair, double, sep="\n")
    assert unfair
    assert double


def test_first_rule_does_not_follow_from_the_second() -> None:
    e = Election()

    assert example(e, no_role_is_pivotal(e.support("A")), Not(reaches(e.support("A"))))


def support(cast: dict[str, tuple[str | None, int]], seats: tuple[Seat, ...]) -> dict[str, Any]:
    weight, total = units(seats)
    by_role = dict.fromkeys(ROLE_WEIGHTS, Fraction(0))
    for row in seats:
        action, conf_bp = cast.get(row.name, (None, 0))
        if action == ACTIONS[0]:
            by_role[row.role] += Fraction(weight[row.name] * conf_bp, total * 10_000)
    return {role: share(value) for role, value in by_role.items()}


@pytest.mark.parametrize("layout", LAYOUTS)
@given(data=st.data())
def test_rules_of_the_theorems_are_those_of_the_code(layout: str, data: Any) -> None:
    seats = LAYOUTS[layout]
    said = st.tuples(choices(), confidences()) | st.just((ACTIONS[0], 10_000))
    cast = data.draw(st.fixed_dictionaries({}, optional={row.name: said for row in seats}))
    votes = [vote(name, *what) for name, what in cast.items()]

    by_theorem = is_true(simplify(authorised(support(cast, seats))))

    assert (tally(votes, seats).action == ACTIONS[0]) == by_theorem
