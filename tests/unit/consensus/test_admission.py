"""Admission of ballots; any other leaves its seat silent, with the reason, and never helps."""

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from quorum.domain.seats import SEATS, Seat, Tier
from quorum.domain.votes import Opinion
from quorum.ports.voting import SeatRecord
from tests.builders.candidates import RAISE, ROLLBACK
from tests.builders.consensus import Round
from tests.builders.events import INCIDENT

SEAT = "diagnosis-change"
NAMES = [seat.name for seat in SEATS]


def silent(round_: Round, *state: dict[str, Any]) -> dict[str, str]:
    return {one.seat: one.reason for one in round_.decide(state).silent}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"incident": "b" * 32}, "another incident"),
        ({"round": 2}, "another round"),
        ({"evidence": "f" * 64}, "other evidence"),
        ({"seat": "diagnosis-history"}, "does not match the signer's key"),
        ({"exp": 0}, "expired"),
        ({"exp": 4_000_000_000}, "too far in the future"),
        ({"action": "lambda.rollback_alias:0123456789ab"}, "unknown action"),
        ({"tier": "robust-z"}, "not one of the seat's methods"),
        ({"tier": "invented"}, "not one of the seat's methods"),
    ],
)
def test_invalid_ballot_leaves_its_seat_silent(change: dict[str, Any], why: str) -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id)
    round_.vote(SEAT, change.pop("action", ROLLBACK.id), **change)

    made = round_.decide()

    (one,) = made.silent
    assert one.seat == SEAT
    assert why in one.reason
    assert SEAT not in {vote.seat for vote in made.votes}
    assert made.score_bp == 8100


def test_vote_counts_until_it_expires() -> None:
    round_ = Round()
    round_.vote(SEAT, ROLLBACK.id)
    round_.clock.advance(899)
    assert SEAT not in silent(round_)

    late = Round()
    late.vote(SEAT, ROLLBACK.id)
    late.clock.advance(900)
    assert "expired" in silent(late)[SEAT]


def test_seat_without_a_ballot_is_silent_with_the_state_machines_reason() -> None:
    state = {
        "seat": "diagnosis-model",
        "abstained": True,
        "skipped": {
            "model-diagnosis": {"Error": "ModelUnavailableError"},
            "log-templates": {"Error": "NotApplicableError", "Cause": "no logs"},
        },
    }

    found = silent(Round(), state)

    assert found["diagnosis-model"] == (
        "model-diagnosis: ModelUnavailableError; log-templates: NotApplicableError"
    )
    assert found[SEAT] == "no answer"


def test_votes_are_not_taken_from_the_state_machines_input() -> None:
    lies = tuple(
        {"seat": seat.name, "tier": seat.tiers[0].method, "action": ROLLBACK.id, "conf_bp": 10_000}
        for seat in SEATS
    )

    made = Round().decide(lies)

    assert (made.votes, made.action) == ((), None)


def test_unsigned_ballot_leaves_its_seat_silent() -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id)
    round_.ballots._envelopes[SEAT, INCIDENT, 1] = {}

    assert silent(round_) == {SEAT: "the vote is not signed"}


def test_ballot_that_differs_from_the_signed_vote_leaves_its_seat_silent() -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id)
    ballot = round_.ballots._ballots[SEAT, INCIDENT, 1]
    round_.vote(SEAT, RAISE.id)
    round_.ballots._ballots[SEAT, INCIDENT, 1] = ballot

    made = round_.decide()

    assert [(s.seat, s.reason) for s in made.silent] == [
        (SEAT, "the signed vote differs from the claimed ballot")
    ]
    assert made.score_bp == 8100


def test_genuine_vote_of_another_seat_is_not_admitted() -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id)
    theirs = round_.ballots._envelopes["diagnosis-history", INCIDENT, 1]
    round_.ballots._envelopes[SEAT, INCIDENT, 1] = theirs

    assert silent(round_) == {SEAT: "its table holds a vote by diagnosis-history"}


def test_reason_of_an_unreadable_ballot_precedes_the_state_machines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    round_ = Round()
    read = round_.ballots.read
    broken = SeatRecord(None, (), "its ballot is unreadable")
    monkeypatch.setattr(
        round_.ballots, "read", lambda name, *about: broken if name == SEAT else read(name, *about)
    )

    assert silent(round_)[SEAT] == "its ballot is unreadable"


def test_decision_event_has_the_method_and_reasons_of_each_vote() -> None:
    round_ = Round()
    round_.vote(SEAT, ROLLBACK.id)
    ballot = round_.ballots._ballots[SEAT, INCIDENT, 1]
    opinion = Opinion(probabilities={}, reason="it fits", cites=("change-1",), tokens=(120, 30))
    edited = ballot.model_copy(update={"opinion": opinion, "skipped": ("model: no answer",)})
    round_.ballots._ballots[SEAT, INCIDENT, 1] = edited

    (vote,) = round_.decide().votes

    assert (vote.seat, vote.action, vote.conf_bp) == (SEAT, ROLLBACK.id, 9000)
    assert (vote.tier, vote.skipped) == (ballot.tier, ("model: no answer",))
    assert (vote.cites, vote.tokens, vote.reason.outsider) == (("change-1",), (120, 30), "it fits")


def test_abstention_supports_no_candidate() -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id, but=(SEAT,))
    round_.vote(SEAT, None)

    made = round_.decide()

    assert made.silent == ()
    assert len(made.votes) == 10
    assert made.score_bp == 8100


def test_votes_of_more_than_three_seats_of_one_failure_domain_are_silent() -> None:
    seats = tuple(
        Seat(seat.name, seat.role, (Tier(f"m{n}", 9), Tier(f"f{n}", 9, domains=_shared(n))))
        for n, seat in enumerate(SEATS)
    )
    round_ = Round(seats=seats)
    round_.all_vote(ROLLBACK.id)
    for n, seat in enumerate(seats[:3]):
        round_.vote(seat.name, ROLLBACK.id, tier=f"f{n}")
    assert silent(round_) == {}

    crowded = Round(seats=seats)
    crowded.all_vote(ROLLBACK.id)
    for n, seat in enumerate(seats[:4]):
        crowded.vote(seat.name, ROLLBACK.id, tier=f"f{n}")
    made = crowded.decide()
    reasons = {one.seat: one.reason for one in made.silent}
    assert reasons == dict.fromkeys(NAMES[:4], "too many seats depend on a, b, c, d, e")
    assert [vote.seat for vote in made.votes] == NAMES[4:]
    assert len(made.certificate) == 6
    assert made.score_bp == 5400


def _shared(n: int) -> frozenset[str]:
    return frozenset("edcba") if n < 4 else frozenset()


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(NAMES),
        st.tuples(
            st.sampled_from([ROLLBACK.id] * 9 + [RAISE.id, None]), st.integers(8_000, 10_000)
        ),
        min_size=9,
    ),
    st.sets(st.sampled_from(NAMES), max_size=2),
)
def test_removing_ballots_never_makes_an_action_autonomous(
    votes: dict[str, tuple[str | None, int]], lost: set[str]
) -> None:
    whole, less = Round(), Round()
    for name, (action, conf_bp) in votes.items():
        whole.vote(name, action, conf_bp)
        if name not in lost:
            less.vote(name, action, conf_bp)

    alone = less.decide()
    assume(alone.route == "execute")

    assert whole.decide().route == "execute"
    assert whole.decide().action == alone.action
