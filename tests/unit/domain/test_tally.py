"""Votes to a decision, in exact integers."""

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from quorum.domain.constants import ROLE_WEIGHTS
from quorum.domain.seats import SEATS, Seat, Tier
from quorum.domain.votes import HEALTHY, Vote, tally
from tests.builders.votes import ACTIONS, NAMES, confidences, elections, vote

A, B, _ = ACTIONS


def scores(votes: list[Vote]) -> dict[str, Fraction]:
    return dict(tally(votes, SEATS).ranking)


@given(elections(), st.data())
def test_tally_does_not_depend_on_the_order_of_votes_or_seats(votes: list[Vote], data: Any) -> None:
    shuffled = data.draw(st.permutations(votes))
    seats = data.draw(st.permutations(SEATS))

    assert tally(shuffled, seats) == tally(votes, SEATS)


@given(elections())
def test_a_score_is_a_share_of_the_whole_weight_and_never_renormalised(votes: list[Vote]) -> None:
    for action, share in tally(votes, SEATS).ranking:
        assert share == Fraction(sum(v.conf_bp for v in votes if v.action == action), 100_000)


@given(elections(), st.data())
def test_missing_vote_never_raises_a_score(votes: list[Vote], data: Any) -> None:
    left = data.draw(st.lists(st.sampled_from(votes), unique=True)) if votes else []
    whole = scores(votes)

    for action, share in scores(left).items():
        assert share <= whole[action]


@given(elections())
def test_the_same_vote_twice_is_one_vote(votes: list[Vote]) -> None:
    assert tally([*votes, *votes], SEATS) == tally(votes, SEATS)


@given(elections(), st.sampled_from(NAMES), confidences())
def test_equivocating_seat_counts_for_nothing(
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
def test_ranking_has_one_order(votes: list[Vote]) -> None:
    ranking = tally(votes, SEATS).ranking

    assert list(ranking) == sorted(ranking, key=lambda score: (-score.share, score.action))


def test_equal_scores_are_ranked_by_name() -> None:
    votes = [vote("diagnosis-history", A), vote("diagnosis-change", B)]

    assert sorted([A, B]) == [score.action for score in tally(votes[::-1], SEATS).ranking]
    assert tally(votes, SEATS) == tally(votes[::-1], SEATS)


def test_vote_without_a_seat_is_ignored() -> None:
    assert tally([vote("another-seat", A)], SEATS).ranking == ()


@given(st.tuples(*[st.integers(1, 4)] * 4))
def test_any_table_shares_the_canonical_weights(counts: tuple[int, ...]) -> None:
    seats = [
        Seat(f"{role}-{letter}", role, (Tier(f"{role}-{letter}", 1),))
        for role, count in zip(ROLE_WEIGHTS, counts, strict=True)
        for letter in "abcd"[:count]
    ]
    votes = [vote(seat.name, A if seat.role == "diagnosis" else B) for seat in seats]

    assert dict(tally(votes, seats).ranking) == {A: Fraction(4, 10), B: Fraction(6, 10)}
