"""Grants rest on stores with one writer: what the log alone holds counts for nothing."""

import pytest

from quorum.domain.approvals import Approval
from quorum.domain.base import OutsiderText
from quorum.domain.catalogue import action_id
from quorum.domain.errors import InvalidHistoryError, InvalidInputError, RefusedError
from quorum.domain.events import (
    ApprovalRequested,
    DecisionMade,
    IncidentClosed,
    IncidentTakenOver,
    UndoRequested,
)
from quorum.domain.grants import APPROVER, Grant, UndoOrder, grant
from quorum.domain.signed import SignedStatement, read_signed
from tests.builders.approvals import ACTION, OTHER, RISKY, ApprovalCase, frozen, token
from tests.builders.candidates import ROLLBACK, candidate
from tests.builders.events import INCIDENT, add
from tests.fakes.signing import InMemoryVerifier

FORGED = candidate(parameters={"function": "payments"})
SAID = {"by": OutsiderText.of("eve"), "via": "console", "reason": OutsiderText.of("mine")}


def take_over(case: ApprovalCase, by: str = "ann") -> object:
    fields = {"incident_id": INCIDENT, "proof": token(by), "reason": "I have it"}
    return case.call("take_over", **fields)["taken_over"]


def undo(case: ApprovalCase, by: str = "ann") -> object:
    fields = {"incident_id": INCIDENT, "proof": token(by), "reason": "undo it"}
    return case.call("undo", **fields)["round"]


def test_decision_that_is_only_in_the_log_is_refused() -> None:
    case = ApprovalCase()
    asked = case.open()
    case.decided(OTHER.id, round_=2, by_consensus=False)

    with pytest.raises(InvalidInputError, match="round"):
        case.open(round_=2)
    assert case.answer(asked) == {"answer": "granted"}


@pytest.mark.parametrize("field", ["action", "evidence", "route", "score_bp", "reason", "level"])
def test_decision_that_differs_from_the_decision_store_is_refused(field: str) -> None:
    case = ApprovalCase()
    asked = case.open()
    book = case.decisions._decided[INCIDENT, 1]
    other = {
        "action": OTHER.id,
        "evidence": "f" * 64,
        "route": "execute",
        "score_bp": 5001,
        "reason": "other",
        "level": None,
    }
    changed = {**book.decision, field: other[field]}
    case.decisions._decided[INCIDENT, 1] = book.model_copy(update={"decision": changed})

    for call in (case.open, lambda: case.answer(asked)):
        with pytest.raises(RefusedError, match="disagree"):
            call()
    assert case.signer.signed == 0


def test_undecided_incident_makes_no_approval_request() -> None:
    case = ApprovalCase()
    with pytest.raises(RefusedError, match="no action has been decided"):
        case.call("open", incident_id="c" * 32, round=1)


def test_superseded_decision_is_not_granted(case: ApprovalCase) -> None:
    asked = case.open()
    case.decided(OTHER.id, round_=2)
    with pytest.raises(RefusedError, match="newer decision"):
        case.answer(asked)


def test_candidates_are_taken_from_the_bundle_and_not_the_log(case: ApprovalCase) -> None:
    case.freeze(ROLLBACK, FORGED)
    asked = case.open()
    with pytest.raises(InvalidInputError, match="candidates"):
        case.answer(asked, action=FORGED.id)
    assert case.answer(asked, action=OTHER.id) == {"answer": "granted"}


@pytest.mark.parametrize("bundle", [frozen(incident="b" * 32), frozen(round_=2)])
def test_evidence_of_another_incident_or_round_is_refused(bundle: object) -> None:
    case = ApprovalCase(bundle=bundle)  # type: ignore[arg-type]
    with pytest.raises(InvalidHistoryError, match="the evidence belongs to incident"):
        case.open()


def test_evidence_with_another_digest_is_refused(case: ApprovalCase) -> None:
    asked = case.open()
    case.evidence.objects[case.key] += b" "
    with pytest.raises(InvalidHistoryError):
        case.answer(asked)


def test_action_id_of_other_parameters_is_refused() -> None:
    forged = ROLLBACK.model_copy(update={"parameters": {"function": "payments"}})
    case = ApprovalCase(bundle=frozen(forged))
    with pytest.raises(RefusedError, match="does not match the digest of its parameters"):
        case.open()


def test_short_action_id_of_an_earlier_version_can_be_granted() -> None:
    short = action_id(ROLLBACK.verb, ROLLBACK.parameters)[:-20]
    old = ROLLBACK.model_copy(update={"id": short})
    case = ApprovalCase(short, frozen(old))
    asked = case.open()

    assert case.answer(asked) == {"answer": "granted"}
    sealed = read_signed(case.answers()[0].grants[0], Grant)
    decision = case.incident.decision
    assert isinstance(sealed, SignedStatement)
    assert decision is not None
    assert sealed.statement == grant(
        decision, old, "ann", int(case.questions()[0].expires_at.timestamp())
    )
    assert not sealed.statement.binds(
        decision, old.model_copy(update={"parameters": {"function": "x"}})
    )


def test_closed_state_is_read_from_closings_store_and_not_the_log(case: ApprovalCase) -> None:
    add(case.recorder, INCIDENT, IncidentClosed, outcome="resolved", reason="forged", level=None)
    asked = case.open()
    assert case.answer(asked) == {"answer": "granted"}

    other = ApprovalCase()
    question = other.open()
    other.put_ending()
    with pytest.raises(RefusedError, match="closed"):
        other.answer(question)
    with pytest.raises(RefusedError, match="closed"):
        take_over(other)


def test_taken_over_state_is_read_from_the_approval_store_and_not_the_log(
    case: ApprovalCase,
) -> None:
    add(case.recorder, INCIDENT, IncidentTakenOver, **SAID)
    assert case.open()

    assert take_over(case) == "ann"
    taken = case.approvals.taken_over(INCIDENT)
    assert taken is not None
    assert (taken.by, taken.via, taken.reason) == ("ann", "console", "I have it")
    assert case.call("open", incident_id=INCIDENT, round=1) == {"approval_id": None, "round": 1}


def test_take_over_happens_once_and_denies_the_approval_request(
    case: ApprovalCase,
) -> None:
    asked = case.open()
    case.wait(asked)
    assert [take_over(case), take_over(case)] == ["ann", "ann"]

    with pytest.raises(RefusedError, match="ann has already taken over"):
        take_over(case, "bob")
    assert case.tokens.outputs == {"token": {"answer": "denied"}}
    assert [(f.answer, f.by and f.by.outsider) for f in case.answers()] == [("denied", "ann")]
    assert sum(isinstance(f, IncidentTakenOver) for f in case.store.load(INCIDENT)) == 1


def test_take_over_does_not_deny_an_approval_request_that_only_the_log_names(
    case: ApprovalCase,
) -> None:
    elsewhere = Approval(approval_id="e" * 32, incident_id="b" * 32, action=ACTION, expires_at=2e9)
    case.approvals.ask(elsewhere)
    case.open()
    add(
        case.recorder,
        INCIDENT,
        ApprovalRequested,
        approval_id="e" * 32,
        action=ACTION,
        reason="forged",
        level="senior_sre",
        expires_at=case.clock.now,
    )
    take_over(case)
    assert case.approvals.find("e" * 32) == elsewhere


def test_take_over_of_an_unknown_incident_is_refused(case: ApprovalCase) -> None:
    fields = {"incident_id": "c" * 32, "proof": token("ann"), "reason": "why"}
    with pytest.raises(InvalidHistoryError):
        case.call("take_over", **fields)
    assert case.approvals.taken_over("c" * 32) is None


def test_undo_order_is_signed_for_its_incident_and_the_executors_action(
    case: ApprovalCase,
) -> None:
    case.executed("act")
    assert undo(case) == 1

    sealed = read_signed(case.approvals.undo_order(INCIDENT), UndoOrder)
    assert isinstance(sealed, SignedStatement)
    now = int(case.clock.now.timestamp())
    said = UndoOrder(incident=INCIDENT, action=ACTION, person="ann", exp=now + 900)
    assert sealed.statement == said
    objection = InMemoryVerifier().objection(APPROVER, said.message(), sealed.signature)
    assert objection is None
    (event,) = [f for f in case.store.load(INCIDENT) if isinstance(f, UndoRequested)]
    assert event.by.outsider == "ann"


def test_repeated_undo_order_is_recorded_once_and_renews_its_expiry(case: ApprovalCase) -> None:
    case.executed("act")
    undo(case)
    case.clock.advance(600)
    undo(case, "bob")

    sealed = read_signed(case.approvals.undo_order(INCIDENT), UndoOrder)
    assert isinstance(sealed, SignedStatement)
    assert (sealed.statement.person, sealed.statement.exp) == (
        "bob",
        case.clock.now.timestamp() + 900,
    )
    assert sum(isinstance(f, UndoRequested) for f in case.store.load(INCIDENT)) == 1


@pytest.mark.parametrize(
    ("act", "undone", "why"),
    [
        (None, None, "no action to undo"),
        ("started", None, "no action to undo"),
        ("failed", None, "no action to undo"),
        ("done", "done", "already undone"),
    ],
)
def test_undo_order_without_an_executed_action_is_refused(
    case: ApprovalCase, act: str | None, undone: str | None, why: str
) -> None:
    if act:
        case.executed("act", act)
    if undone:
        case.executed("undo", undone)
    with pytest.raises(RefusedError, match=why):
        undo(case)
    assert case.approvals.undo_order(INCIDENT) is None


def test_undo_order_may_be_repeated_after_a_failed_undo(case: ApprovalCase) -> None:
    case.executed("act")
    case.executed("undo", "failed")
    assert undo(case) == 1


def test_answer_reaches_the_wait_beside_an_intruders_token(case: ApprovalCase) -> None:
    asked = case.open()
    case.wait(asked)
    case.wait(asked, "an intruder's")
    case.answer(asked)
    assert case.tokens.outputs["token"] == {"answer": "granted"}


def test_approval_request_is_for_the_stores_newest_decision() -> None:
    case = ApprovalCase(RISKY.id)
    newest = [f for f in case.store.load(INCIDENT) if isinstance(f, DecisionMade)][-1]
    assert newest.action == RISKY.id
    assert case.open()
    assert case.questions()[0].people == 2
