"""The contracts of what is claimed once: ballots, decisions, approvals."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from quorum.adapters.dynamodb.approval_store import DynamoDBApprovalStore
from quorum.adapters.dynamodb.ballot_box import MOST_SIGNED_VOTES, DynamoDBBallotBox
from quorum.adapters.dynamodb.decision_store import DynamoDBDecisionStore
from quorum.domain.approvals import Approval
from quorum.domain.decisions import Decided
from quorum.domain.errors import RefusedError
from quorum.domain.votes import Ballot, Opinion
from quorum.ports.approvals import ApprovalStore
from quorum.ports.voting import BallotBox, DecisionStore, SeatRecord
from tests.builders import votes
from tests.builders.events import INCIDENT, NOT_ASCII, OTHER
from tests.fakes import InMemoryApprovalStore, InMemoryBallotBox, InMemoryDecisionStore
from tests.integration.tables import create_table

ACTION = "lambda.rollback_alias:0123456789ab"
both = pytest.mark.parametrize("kind", ["in_memory", "dynamodb"])


def ballot(conf_bp: int = 8100) -> Ballot:
    """Return the ballot of one of the two seats."""
    return votes.ballot(
        votes.vote("diagnosis-change", ACTION, conf_bp),
        opinion=Opinion(probabilities={ACTION: 0.81}, none=0.1, reason=NOT_ASCII),
        started_at=1_790_000_000.25,
        answered_at=1_790_000_000.75,
    )


def ballot_box(kind: str) -> BallotBox:
    """Return the ballot box of two seats."""
    if kind == "in_memory":
        return InMemoryBallotBox()
    tables = {
        seat: create_table("votes", f"quorum-test-votes-{seat}")
        for seat in ("diagnosis-change", "resolution-policy")
    }
    return DynamoDBBallotBox(tables.__getitem__)


def decision_store(kind: str) -> DecisionStore:
    """Return the decisions."""
    if kind == "in_memory":
        return InMemoryDecisionStore()
    return DynamoDBDecisionStore(create_table("decisions"))


def approval_store(kind: str) -> ApprovalStore:
    """Return the approvals."""
    if kind == "in_memory":
        return InMemoryApprovalStore()
    return DynamoDBApprovalStore(create_table("approvals"))


@both
def test_a_seat_that_answers_differently_on_retry_keeps_its_first_answer(kind: str) -> None:
    box = ballot_box(kind)
    assert box.claim(ballot(conf_bp=8100)) == ballot(conf_bp=8100)
    assert box.claim(ballot(conf_bp=100)) == ballot(conf_bp=8100)
    assert box.read("diagnosis-change", INCIDENT, 1) == SeatRecord(ballot(conf_bp=8100), ())


@both
def test_seats_and_rounds_do_not_share_answers(kind: str) -> None:
    box = ballot_box(kind)
    box.claim(ballot())
    box.cast(ballot().vote, "signed")
    nothing = SeatRecord(None, ())
    assert box.read("resolution-policy", INCIDENT, 1) == nothing
    assert box.read("diagnosis-change", INCIDENT, 2) == nothing
    assert box.read("diagnosis-change", INCIDENT, 10) == nothing
    assert box.read("diagnosis-change", OTHER, 1) == nothing


@both
def test_a_vote_that_is_signed_again_keeps_its_first_signature(kind: str) -> None:
    box = ballot_box(kind)
    assert box.cast(ballot().vote, "first") == "first"
    assert box.cast(ballot().vote, "second") == "first"
    assert box.read("diagnosis-change", INCIDENT, 1).signed_votes == ("first",)


@both
def test_two_different_votes_of_one_seat_both_survive_beside_one_ballot(kind: str) -> None:
    box = ballot_box(kind)
    box.claim(ballot())
    box.cast(ballot().vote, "one")
    box.cast(ballot(conf_bp=100).vote, "other")
    found = box.read("diagnosis-change", INCIDENT, 1)
    assert found.ballot == ballot()
    assert sorted(found.signed_votes) == ["one", "other"]


def test_ballot_that_its_seat_corrupted_is_unreadable_and_votes_are_bounded() -> None:
    table = create_table("votes", "quorum-test-votes-diagnosis-change")
    box = DynamoDBBallotBox(lambda _: table)
    key = {"incident_id": INCIDENT, "entry": "000001#ballot"}
    table.put_item(Item={**key, "ballot": "no ballot"})
    for exp in range(20):
        vote = ballot().vote.model_copy(update={"exp": exp})
        box.cast(vote, str(exp))
    found = box.read("diagnosis-change", INCIDENT, 1)
    assert found.ballot is None
    assert found.problem
    assert len(found.signed_votes) == MOST_SIGNED_VOTES


@both
def test_decision_store_has_one_decision_per_round(kind: str) -> None:
    book = decision_store(kind)
    first = Decided(incident_id=INCIDENT, round=1, decision={"route": "execute", "score_bp": 7000})
    assert book.decide(first) == first
    assert book.decide(first.model_copy(update={"decision": {"route": "dismiss"}})) == first
    assert book.find(INCIDENT, 1) == first
    assert book.find(INCIDENT, 2) is None


QUESTION = Approval(
    approval_id="opaque",
    incident_id=INCIDENT,
    action="lambda.rollback_alias:0123456789ab",
    task_token="",
    expires_at=1_790_000_000.123456,
)


@both
def test_approval_request_is_stored_once(kind: str) -> None:
    book = approval_store(kind)
    assert book.ask(QUESTION) == QUESTION
    assert book.ask(QUESTION.model_copy(update={"incident_id": OTHER})) == QUESTION
    assert book.find("opaque") == QUESTION
    assert book.find("unknown") is None


@both
def test_grants_count_once_per_person_and_for_one_action(kind: str) -> None:
    book = approval_store(kind)
    book.ask(QUESTION)
    book.grant("opaque", "ann", "one", "signed by ann")
    for person, action in (("ann", "one"), ("bob", "other")):
        with pytest.raises(RefusedError):
            book.grant("opaque", person, action, "again")
    book.grant("opaque", "bob", "one", "signed by bob")
    answered = book.answer("opaque", "granted", "bob", "cli", "it is broken")
    assert (answered.chosen, answered.people) == ("one", ("ann", "bob"))
    assert answered.grants == ("signed by ann", "signed by bob")
    assert (answered.via, answered.reason) == ("cli", "it is broken")
    with pytest.raises(RefusedError, match="granted"):
        book.grant("opaque", "eve", "one", "too late")


@both
def test_answer_after_the_wait_gets_the_task_token(kind: str) -> None:
    book = approval_store(kind)
    book.ask(QUESTION)
    assert book.attach("opaque", "token").state == "waiting"
    answered = book.answer("opaque", "granted", "anna")
    assert (answered.waiting(), answered.state, answered.by) == (("token",), "granted", "anna")
    assert book.find("opaque") == answered


@both
def test_wait_after_the_answer_gets_the_answer(kind: str) -> None:
    book = approval_store(kind)
    book.ask(QUESTION)
    book.answer("opaque", "denied", "anna")
    attached = book.attach("opaque", "token")
    assert (attached.state, attached.waiting()) == ("denied", ("token",))


@both
def test_approval_request_is_answered_once(kind: str) -> None:
    book = approval_store(kind)
    book.ask(QUESTION)
    book.answer("opaque", "expired", "clock")
    with pytest.raises(RefusedError, match="expired"):
        book.answer("opaque", "granted", "anna")
    found = book.find("opaque")
    assert found is not None
    assert (found.state, found.by) == ("expired", "clock")


@both
def test_answer_to_an_unknown_approval_request_is_refused(kind: str) -> None:
    book = approval_store(kind)
    with pytest.raises(RefusedError):
        book.answer("unknown", "granted", "anna")
    with pytest.raises(RefusedError):
        book.attach("unknown", "token")
    assert book.find("unknown") is None


@both
def test_one_of_many_concurrent_answers_is_stored(kind: str) -> None:
    book = approval_store(kind)
    book.ask(QUESTION)

    def answer(by: int) -> bool:
        try:
            book.answer("opaque", "granted" if by % 2 else "denied", str(by))
        except RefusedError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(answer, range(16))) == 1
