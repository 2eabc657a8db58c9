"""Votes to a decision, in exact integers."""

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.shared.domain.constants import ROLE_WEIGHTS
from functions.shared.domain.seats import SEATS, Seat, Tier
from functions.shared.domain.votes import HEALTHY, Vote, tally
from tests.unit.domain.ballots import (
    ACTIONS,
    NAMES,
    ROLE_OF,
    confidences,
    elections,
    landslides,
    vote,
)

A, B, _ = ACTIONS


def scores(votes: list[Vote]) -> dict[str, Fraction]:
    return dict(tally(votes, SEATS).ranking)


@given(elections(), st.data())
def test_neither_the_order_of_votes_nor_of_seats_matters(votes: list[Vote], data: Any) -> None:
    shuffled = data.draw(st.permutations(votes))
    seats = data.draw(st.permutations(SEATS))

    assert tally(shuffled, seats) == tally(votes, SEATS)


@given(elections())
def test_a_score_is_a_share_of_the_whole_weight_and_never_renormalised(votes: list[Vote]) -> None:
    for action, share in tally(votes, SEATS).ranking:
        assert share == Fraction(sum(v.conf_bp for v in votes if v.action == action), 100_000)


@given(elections(), st.data())
def test_a_vote_that_is_missing_never_raises_a_score(votes: list[Vote], data: Any) -> None:
    left = data.draw(st.lists(st.sampled_from(votes), unique=True)) if votes else []
    whole = scores(votes)

    for action, share in scores(left).items():
        assert share <= whole[action]


@given(landslides(), st.data())
def test_a_vote_that_is_missing_never_authorises(votes: list[Vote], data: Any) -> None:
    lost = data.draw(st.sets(st.sampled_from(NAMES), max_size=4))
    left = [given_ for given_ in votes if given_.seat not in lost]
    action = tally(left, SEATS).action

    assert action is None or tally(votes, SEATS).action == action


@given(elections())
def test_at_most_one_action_reaches_the_threshold(votes: list[Vote]) -> None:
    reached = [a for a, share in scores(votes).items() if share >= Fraction(7, 10)]

    assert len(reached) <= 1
    assert tally(votes, SEATS).action in {None, *reached}


@pytest.mark.parametrize(("last", "action"), [(7000, A), (6999, None), (7001, A)])
def test_the_threshold_is_exactly_seven_tenths_and_inclusive(last: int, action: str | None) -> None:
    votes = [vote(name, A, 7000) for name in NAMES[:-1]] + [vote(NAMES[-1], A, last)]

    assert tally(votes, SEATS).action == action


@given(elections() | landslides())
def test_without_any_one_role_more_than_half_of_the_rest_stands(votes: list[Vote]) -> None:
    action = tally(votes, SEATS).action
    if action is None:
        return
    for role, weight in ROLE_WEIGHTS.items():
        rest = [v for v in votes if v.action == action and ROLE_OF[v.seat] != role]
        assert Fraction(sum(v.conf_bp for v in rest), 100_000) > (1 - weight) / 2


def test_every_way_of_full_confidence_is_decided_as_the_two_rules_say() -> None:
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
def test_liars_alone_authorise_nothing(honest: list[Vote], data: Any) -> None:
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


@given(elections())
def test_the_same_vote_twice_is_one_vote(votes: list[Vote]) -> None:
    assert tally([*votes, *votes], SEATS) == tally(votes, SEATS)


@given(elections(), st.sampled_from(NAMES), confidences())
def test_a_seat_that_contradicts_itself_counts_for_nothing(
    votes: list[Vote], liar: str, confidence: int
) -> None:
    others = [v for v in votes if v.seat != liar]
    contradiction = [vote(liar, A, confidence), vote(liar, B, confidence)]

    assert tally([*others, *contradiction], SEATS) == tally(others, SEATS)


@given(elections())
def test_healthy_is_ranked_and_never_authorised(votes: list[Vote]) -> None:
    assert tally(votes, SEATS).action != HEALTHY
    assert tally([vote(name, HEALTHY) for name in NAMES], SEATS).action is None


@given(elections())
def test_people_see_scores_in_one_order(votes: list[Vote]) -> None:
    ranking = tally(votes, SEATS).ranking

    assert list(ranking) == sorted(ranking, key=lambda score: (-score.share, score.action))


def test_who_has_no_seat_has_no_vote() -> None:
    assert tally([vote("somebody-else", A)], SEATS).ranking == ()


@given(st.tuples(*[st.integers(1, 4)] * 4))
def test_any_table_shares_the_canonical_weights(counts: tuple[int, ...]) -> None:
    seats = [
        Seat(f"{role}-{letter}", role, (Tier(f"{role}-{letter}", 1),))
        for role, count in zip(ROLE_WEIGHTS, counts, strict=True)
        for letter in "abcd"[:count]
    ]
    votes = [vote(seat.name, A if seat.role == "diagnosis" else B) for seat in seats]

    assert dict(tally(votes, seats).ranking) == {A: Fraction(4, 10), B: Fraction(6, 10)}
