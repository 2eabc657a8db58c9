"""A seat that signs two votes is not counted in the round, and the proof is logged."""

from hypothesis import given, settings
from hypothesis import strategies as st

from quorum.domain.ballot_validation import Admitted, verify_vote
from quorum.domain.events import SeatEquivocated
from quorum.domain.seats import SEATS
from quorum.domain.suspensions import Suspension
from tests.builders.candidates import RAISE, ROLLBACK
from tests.builders.consensus import Round
from tests.builders.events import INCIDENT

SEAT = "diagnosis-change"
NAMES = [seat.name for seat in SEATS]


def contradict(round_: Round, seat: str) -> None:
    """Have the seat sign another vote beside the one in its table."""
    ballot = round_.ballots.read(seat, INCIDENT, 1).ballot
    assert ballot is not None
    round_.sign(seat, ballot.vote.model_copy(update={"action": RAISE.id}))


def equivocations(round_: Round) -> list[SeatEquivocated]:
    return [event for event in round_.store.load(INCIDENT) if isinstance(event, SeatEquivocated)]


def test_equivocating_seat_is_recorded_with_the_proof() -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id)
    contradict(round_, SEAT)

    made = round_.decide()

    (event,) = equivocations(round_)
    assert event.seat == SEAT
    signed = [verify_vote(text, SEATS, round_.verifier.objection) for text in event.proof]
    assert [isinstance(one, Admitted) and one.vote.seat for one in signed] == [SEAT, SEAT]
    assert event.proof[0] != event.proof[1]
    assert round_.controls.suspended() == {}, "learning alone suspends"
    assert [s.reason for s in made.silent] == ["signed two different votes"]
    assert made.score_bp == 8100


def test_suspended_seat_has_no_weight_until_a_person_reinstates_it() -> None:
    round_ = Round()
    round_.controls.suspend(Suspension(seat=SEAT, since=0, reason="test"))
    round_.all_vote(ROLLBACK.id)
    assert round_.decide().score_bp == 8100

    lifted = Round()
    lifted.controls.suspend(Suspension(seat=SEAT, since=0, reason="test"))
    lifted.lift(SEAT)
    lifted.all_vote(ROLLBACK.id)
    assert lifted.decide().score_bp == 9000


def test_repeated_decision_records_no_second_equivocation() -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id)
    contradict(round_, SEAT)

    assert round_.decide() == round_.decide()
    assert len(equivocations(round_)) == 1


def test_vote_signed_by_another_key_is_no_equivocation() -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id)
    ballot = round_.ballots.read(SEAT, INCIDENT, 1).ballot
    assert ballot is not None
    round_.sign(SEAT, ballot.vote.model_copy(update={"action": None}), signer="detection-signature")

    assert round_.decide().score_bp == 9000
    assert equivocations(round_) == []


@settings(deadline=None, max_examples=30)
@given(st.sets(st.sampled_from(NAMES)))
def test_equivocation_is_recorded_for_exactly_the_equivocating_seats(liars: set[str]) -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id, 10_000)
    for seat in sorted(liars):
        contradict(round_, seat)

    made = round_.decide()

    assert {event.seat for event in equivocations(round_)} == liars
    assert dict(made.ranking).get(ROLLBACK.id, 0) == 10_000 - 1_000 * len(liars)


def test_decision_has_the_signed_votes_and_the_disagreement() -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id, 7_600, but=(SEAT,))
    round_.vote(SEAT, RAISE.id)

    made = round_.decide()

    assert len(made.certificate) == len(SEATS)
    found = made.disagreement
    assert found is not None
    assert (found.missed_bp, found.dissent) == (160, (SEAT,))
    assert set(found.decisive) == set(NAMES), "any seat's full confidence would have been enough"
