"""The framework of a seat, around its method."""

from dataclasses import replace

import pytest

from quorum.domain.ballot_validation import Admitted, verify_vote
from quorum.domain.constants import VOTE_LIFETIME_SECONDS
from quorum.domain.errors import (
    InvalidHistoryError,
    ModelUnavailableError,
    NotApplicableError,
    StoreUnavailableError,
)
from quorum.domain.evidence import Bundle, Source
from quorum.domain.seats import SEATS
from quorum.domain.votes import Ballot, Opinion
from quorum.ports.voting import SeatRecord
from quorum.seats.seat import Deps
from tests.builders.seats import SEAT, Table, freeze
from tests.fakes.ballot_box import InMemoryBallotBox
from tests.fakes.signing import sealed
from tests.simulation.scenarios import bad_release

BUNDLE = bad_release(1).bundle()
FIRST, SECOND = BUNDLE.candidates[0].id, BUNDLE.candidates[1].id


def sure(action: str, probability: float = 0.9) -> Opinion:
    return Opinion(probabilities={action: probability}, none=0.05, reason="because")


def stored(table: Table) -> Ballot:
    ballot = table.box.read(SEAT, BUNDLE.incident_id, 1).ballot
    assert ballot is not None
    return ballot


def test_a_seat_votes_for_its_best_candidate_and_claims_the_ballot() -> None:
    table = Table(BUNDLE, sure(FIRST))
    answer = table.seating.answer(table.request())
    assert answer == {"seat": SEAT, "tier": "robust-z", "action": FIRST, "conf_bp": 9000}
    ballot = stored(table)
    assert ballot.vote.evidence == table.frozen.evidence
    assert ballot.vote.exp == int(ballot.answered_at) + VOTE_LIFETIME_SECONDS
    assert ballot.answered_at - ballot.started_at == 2


def test_retried_seat_returns_its_first_answer_without_computing() -> None:
    table = Table(BUNDLE, sure(FIRST))
    first = table.seating.answer(table.request())
    table.opinion = sure(SECOND)
    assert table.seating.answer(table.request(tier="threshold")) == first
    assert table.thoughts == 1


class OthersFirst(InMemoryBallotBox):
    """A box in which another attempt claims between our look and our claim."""

    def __init__(self, theirs: Ballot) -> None:
        super().__init__()
        self._theirs = theirs

    def claim(self, ballot: Ballot) -> Ballot:
        super().claim(self._theirs)
        return super().claim(ballot)


def test_concurrent_attempts_both_return_the_first_claimed_ballot() -> None:
    first = Table(BUNDLE, sure(FIRST))
    first.seating.answer(first.request())
    second = Table(BUNDLE, sure(SECOND))
    seating = replace(second.seating, box=OthersFirst(stored(first)))
    assert seating.answer(second.request())["action"] == FIRST
    assert second.thoughts == 1


def test_second_round_has_its_own_evidence_and_answer() -> None:
    table = Table(BUNDLE, sure(FIRST))
    table.seating.answer(table.request())
    table.bundle = BUNDLE.model_copy(update={"round": 2})
    freeze(table.store, table.evidence, table.bundle)
    table.opinion = sure(SECOND)
    assert table.seating.answer(table.request(round=2))["action"] == SECOND


def test_ballot_has_the_reasons_of_skipped_tiers() -> None:
    table = Table(BUNDLE, sure(FIRST))
    skipped = {"robust-z": {"Error": "NotApplicableError", "Cause": "{}"}}
    table.seating.answer(table.request(tier="threshold", skipped=skipped))
    assert stored(table).skipped == ("robust-z: NotApplicableError",)
    assert stored(table).tier == "threshold"


def with_sources(*sources: Source) -> Bundle:
    return BUNDLE.model_copy(update={"sources": sources})


def test_a_gap_costs_the_canonical_penalty() -> None:
    table = Table(with_sources(Source(name="traces", status="failed")), sure(FIRST))
    assert table.seating.answer(table.request())["conf_bp"] == 8000


def test_a_gap_that_the_candidate_does_not_need_costs_nothing() -> None:
    gap = Source(name="logs", status="failed", resources=("lambda:elsewhere",))
    table = Table(with_sources(gap), sure(FIRST))
    assert table.seating.answer(table.request())["conf_bp"] == 9000


def test_a_seat_abstains_when_too_much_of_the_evidence_is_missing() -> None:
    table = Table(
        with_sources(
            Source(name="traces", status="failed"), Source(name="metrics", status="failed")
        ),
        sure(FIRST),
    )
    answer = table.seating.answer(table.request())
    assert (answer["action"], answer["conf_bp"]) == (None, 0)
    assert stored(table).opinion.probabilities, "its reasons are kept for people"


@pytest.mark.parametrize("error", [NotApplicableError("x"), StoreUnavailableError("x")])
def test_a_tier_that_fails_claims_nothing(error: Exception) -> None:
    table = Table(BUNDLE)

    def fails(_bundle: Bundle, _deps: Deps) -> Opinion:
        raise error

    with pytest.raises(type(error)):
        replace(table.seating, methods={"robust-z": fails}).answer(table.request())
    assert table.box.read(SEAT, BUNDLE.incident_id, 1) == SeatRecord(None, ())


def test_the_next_tier_does_not_read_the_log_again(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table(BUNDLE, sure(FIRST))

    def fails(_bundle: Bundle, _deps: Deps) -> Opinion:
        raise NotApplicableError("x")

    seating = replace(table.seating, methods={"robust-z": fails, "threshold": table.think})
    with pytest.raises(NotApplicableError):
        seating.answer(table.request())
    monkeypatch.setattr(table.store, "load", lambda _: pytest.fail("the log was read"))
    assert seating.answer(table.request(tier="threshold"))["action"] == FIRST


def test_model_tier_without_a_model_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table(BUNDLE)
    monkeypatch.setattr(table.store, "load", lambda _: pytest.fail("the log was read"))
    asked = table.request(seat="diagnosis-model", tier="model-diagnosis")
    with pytest.raises(ModelUnavailableError):
        replace(table.seating, seat="diagnosis-model").answer(asked)


def test_a_vote_is_signed_once_and_only_after_its_ballot_is_claimed() -> None:
    table = Table(BUNDLE, sure(FIRST))
    table.seating.answer(table.request())
    table.seating.answer(table.request(tier="threshold"))
    ballot, (signed_vote,), _ = table.box.read(SEAT, BUNDLE.incident_id, 1)
    assert ballot is not None
    found = verify_vote(signed_vote, SEATS, table.seating.verifier.objection)
    assert isinstance(found, Admitted)
    assert found.vote == ballot.vote
    assert table.signer.signed == 1


def test_seat_that_crashed_before_signing_signs_its_claimed_ballot() -> None:
    table = Table(BUNDLE, sure(FIRST))
    table.seating.answer(table.request())
    table.box._envelopes.clear()
    table.opinion = sure(SECOND)
    assert table.seating.answer(table.request())["action"] == FIRST
    assert len(table.box.read(SEAT, BUNDLE.incident_id, 1).signed_votes) == 1


def test_retried_seat_refuses_a_vote_without_its_signature() -> None:
    table = Table(BUNDLE, sure(FIRST))
    table.seating.answer(table.request())
    forged = sealed(stored(table).vote, "another signer")
    table.box._envelopes[SEAT, BUNDLE.incident_id, 1] = {"x": forged}
    with pytest.raises(InvalidHistoryError, match="did not sign"):
        table.seating.answer(table.request())
