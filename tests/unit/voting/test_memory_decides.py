"""Outcomes of earlier incidents support an action and never carry it over the threshold."""

from hypothesis import given

from quorum.domain.seats import HISTORY_SEAT, SEATS
from quorum.domain.votes import Vote, memory_decides, tally
from tests.builders.votes import elections, landslides, vote


@given(elections() | landslides(least=6_500))
def test_an_authorised_action_is_authorised_without_the_memory_too(votes: list[Vote]) -> None:
    action = tally(votes, SEATS).action
    others = [vote for vote in votes if vote.seat != HISTORY_SEAT]

    if action is None:
        assert not memory_decides(votes, SEATS)
    else:
        assert memory_decides(votes, SEATS) == (tally(others, SEATS).action != action)


@given(landslides(least=6_500))
def test_whatever_the_memory_votes_nothing_more_is_done_without_a_person(
    votes: list[Vote],
) -> None:
    others = [vote for vote in votes if vote.seat != HISTORY_SEAT]
    without = tally(others, SEATS).action
    for action in sorted({one.action for one in votes if one.action}):
        poisoned = [*others, vote(HISTORY_SEAT, action, 10_000)]
        alone = None if memory_decides(poisoned, SEATS) else tally(poisoned, SEATS).action
        assert alone in {None, without}
