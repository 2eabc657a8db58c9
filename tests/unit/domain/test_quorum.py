"""The two rules: the threshold over the whole weight, and no role that decides alone."""

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from quorum.domain.constants import ROLE_WEIGHTS
from quorum.domain.seats import SEATS
from quorum.domain.votes import Vote, tally
from tests.builders.votes import ACTIONS, NAMES, ROLE_OF, elections, landslides, vote

A, B, _ = ACTIONS


def scores(votes: list[Vote]) -> dict[str, Fraction]:
    return dict(tally(votes, SEATS).ranking)


@given(landslides(9500), st.data())
def test_missing_vote_never_authorises(votes: list[Vote], data: Any) -> None:
    lost = data.draw(st.sets(st.sampled_from(NAMES), max_size=2))
    left = [given_ for given_ in votes if given_.seat not in lost]
    action = tally(left, SEATS).action

    assume(action is not None)
    assert tally(votes, SEATS).action == action


@given(elections())
def test_at_most_one_action_reaches_the_threshold(votes: list[Vote]) -> None:
    reached = [a for a, share in scores(votes).items() if share >= Fraction(7, 10)]

    assert len(reached) <= 1
    assert tally(votes, SEATS).action in {None, *reached}


@pytest.mark.parametrize(("last", "action"), [(7000, A), (6999, None), (7001, A)])
def test_the_threshold_is_exactly_seven_tenths_and_inclusive(last: int, action: str | None) -> None:
    votes = [vote(name, A, 7000) for name in NAMES[:-1]] + [vote(NAMES[-1], A, last)]

    assert tally(votes, SEATS).action == action


@given(landslides())
def test_authorised_action_keeps_a_majority_without_any_one_role(votes: list[Vote]) -> None:
    action = tally(votes, SEATS).action
    assume(action is not None)
    for role, weight in ROLE_WEIGHTS.items():
        rest = [v for v in votes if v.action == action and ROLE_OF[v.seat] != role]
        assert Fraction(sum(v.conf_bp for v in rest), 100_000) > (1 - weight) / 2


def test_every_full_confidence_election_is_decided_by_the_two_rules() -> None:
    authorised = set()
    for said in product([False, True], repeat=len(NAMES)):
        yes = [name for name, says in zip(NAMES, said, strict=True) if says]
        rest = {r: sum(ROLE_OF[n] != r for n in yes) for r in ROLE_WEIGHTS}
        other = {r: sum(ROLE_OF[n] != r for n in NAMES) for r in ROLE_WEIGHTS}
        rules = len(yes) >= 7 and all(2 * rest[r] > other[r] for r in ROLE_WEIGHTS)

        decided = tally([vote(name, A) for name in yes], SEATS).action

        assert (decided == A) == rules
        if decided:
            authorised.add(tuple(yes))
    assert NAMES in authorised


def test_a_pivotal_role_is_named() -> None:
    votes = [vote(n, A) for n in NAMES if ROLE_OF[n] in {"diagnosis", "prediction"}]

    result = tally(votes, SEATS)

    assert result.ranking[0].share == Fraction(7, 10)
    assert (result.action, result.reason) == (None, "role diagnosis is pivotal")


@given(landslides(), st.data())
def test_liars_below_the_threshold_authorise_nothing(honest: list[Vote], data: Any) -> None:
    """Three seats or one whole role: without most of the honest weight there is no action."""
    role = st.sampled_from(list(ROLE_WEIGHTS)).map(
        lambda r: {name for name in NAMES if ROLE_OF[name] == r}
    )
    liars = data.draw(role | st.sets(st.sampled_from(NAMES), max_size=3))
    lie = data.draw(st.sampled_from(ACTIONS))
    votes = [vote(v.seat, lie) if v.seat in liars else v for v in honest]

    action = tally(votes, SEATS).action

    if action is not None:
        truthful = [v.conf_bp for v in votes if v.seat not in liars and v.action == action]
        assert 2 * sum(truthful) > (len(NAMES) - len(liars)) * 10_000
