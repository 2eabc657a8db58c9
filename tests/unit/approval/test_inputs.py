"""What is granted comes from stores with one writer: what only the log tells counts for nothing."""

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
from quorum.domain.signed import Sealed, unseal
from tests.fakes.recording import add
from tests.fakes.signing import InMemoryVerifier
from tests.unit.approval.questions import (
    ACTION,
    INCIDENT,
    OTHER,
    RISKY,
    ROLLBACK,
    Desk,
    candidate,
    frozen,
    token,
)

FORGED = candidate("lambda.rollback_alias", function="payments")
SAID = {"by": OutsiderText.of("eve"), "via": "console", "reason": OutsiderText.of("mine")}


def take_over(desk: Desk, by: str = "ann") -> object:
    fields = {"incident_id": INCIDENT, "proof": token(by), "reason": "I have it"}
    return desk.call("take_over", **fields)["taken_over"]


def undo(desk: Desk, by: str = "ann") -> object:
    fields = {"incident_id": INCIDENT, "proof": token(by), "reason": "undo it"}
    return desk.call("undo", **fields)["round"]


def test_a_decision_that_only_the_log_tells_is_nobodys() -> None:
    desk = Desk()
    asked = desk.open()
    desk.decided(OTHER.id, round_=2, by_consensus=False)

    with pytest.raises(InvalidInputError, match="round"):
        desk.open(round_=2)
    assert desk.answer(asked) == {"answer": "granted"}


@pytest.mark.parametrize("field", ["action", "evidence", "route", "score_bp", "reason", "level"])
def test_where_the_book_says_otherwise_nothing_is_granted(field: str) -> None:
    desk = Desk()
    asked = desk.open()
    book = desk.decisions._decided[INCIDENT, 1]
    other = {
        "action": OTHER.id,
        "evidence": "f" * 64,
        "route": "execute",
        "score_bp": 5001,
        "reason": "other",
        "level": None,
    }
    changed = {**book.decision, field: other[field]}
    desk.decisions._decided[INCIDENT, 1] = book.model_copy(update={"decision": changed})

    for call in (desk.open, lambda: desk.answer(asked)):
        with pytest.raises(RefusedError, match="disagree"):
            call()
    assert desk.signer.signed == 0


def test_before_anything_is_decided_nobody_is_asked() -> None:
    desk = Desk()
    with pytest.raises(RefusedError, match="nothing is decided"):
        desk.call("open", incident_id="c" * 32, round=1)


def test_what_was_decided_anew_is_granted_no_more(desk: Desk) -> None:
    asked = desk.open()
    desk.decided(OTHER.id, round_=2)
    with pytest.raises(RefusedError, match="decided anew"):
        desk.answer(asked)


def test_candidates_are_the_bundles_and_not_the_logs(desk: Desk) -> None:
    desk.freeze(ROLLBACK, FORGED)
    asked = desk.open()
    with pytest.raises(InvalidInputError, match="candidates"):
        desk.answer(asked, action=FORGED.id)
    assert desk.answer(asked, action=OTHER.id) == {"answer": "granted"}


@pytest.mark.parametrize("bundle", [frozen(incident="b" * 32), frozen(round_=2)])
def test_evidence_of_another_incident_or_round_is_refused(bundle: object) -> None:
    desk = Desk(bundle=bundle)  # type: ignore[arg-type]
    with pytest.raises(InvalidHistoryError, match="the evidence belongs to incident"):
        desk.open()


def test_evidence_that_is_not_what_was_frozen_is_refused(desk: Desk) -> None:
    asked = desk.open()
    desk.evidence.objects[desk.key] += b" "
    with pytest.raises(InvalidHistoryError):
        desk.answer(asked)


def test_an_id_that_binds_other_parameters_is_refused() -> None:
    forged = ROLLBACK.model_copy(update={"parameters": {"function": "payments"}})
    desk = Desk(bundle=frozen(forged))
    with pytest.raises(RefusedError, match="not the id of what it would do"):
        desk.open()


def test_an_id_of_before_that_was_asked_about_is_granted_still() -> None:
    short = action_id(ROLLBACK.verb, ROLLBACK.parameters)[:-20]
    old = ROLLBACK.model_copy(update={"id": short})
    desk = Desk(short, frozen(old))
    asked = desk.open()

    assert desk.answer(asked) == {"answer": "granted"}
    sealed = unseal(desk.answers()[0].grants[0], Grant)
    decision = desk.incident().decision
    assert isinstance(sealed, Sealed)
    assert decision is not None
    assert sealed.says == grant(
        decision, old, "ann", int(desk.questions()[0].expires_at.timestamp())
    )
    assert not sealed.says.binds(decision, old.model_copy(update={"parameters": {"function": "x"}}))


def test_closed_is_what_closing_says_and_not_the_log(desk: Desk) -> None:
    add(desk.recorder, INCIDENT, IncidentClosed, outcome="resolved", reason="forged", level=None)
    asked = desk.open()
    assert desk.answer(asked) == {"answer": "granted"}

    other = Desk()
    question = other.open()
    other.close()
    with pytest.raises(RefusedError, match="closed"):
        other.answer(question)
    with pytest.raises(RefusedError, match="closed"):
        take_over(other)


def test_taken_over_is_what_this_function_keeps_and_not_the_log(desk: Desk) -> None:
    add(desk.recorder, INCIDENT, IncidentTakenOver, **SAID)
    assert desk.open()

    assert take_over(desk) == "ann"
    taken = desk.book.taken_over(INCIDENT)
    assert taken is not None
    assert (taken.by, taken.via, taken.reason) == ("ann", "console", "I have it")
    assert desk.call("open", incident_id=INCIDENT, round=1) == {"approval_id": None}


def test_an_incident_is_taken_over_once_and_its_question_is_denied_by_it(desk: Desk) -> None:
    asked = desk.open()
    desk.wait(asked)
    assert [take_over(desk), take_over(desk)] == ["ann", "ann"]

    with pytest.raises(RefusedError, match="ann has taken it over"):
        take_over(desk, "bob")
    assert desk.tokens.outputs == {"token": {"answer": "denied"}}
    assert [(f.answer, f.by and f.by.outsider) for f in desk.answers()] == [("denied", "ann")]
    assert sum(isinstance(f, IncidentTakenOver) for f in desk.store.load(INCIDENT)) == 1


def test_a_question_that_the_log_gives_to_the_incident_is_not_denied_by_taking_it_over(
    desk: Desk,
) -> None:
    elsewhere = Approval(approval_id="e" * 32, incident_id="b" * 32, action=ACTION, expires_at=2e9)
    desk.book.ask(elsewhere)
    desk.open()
    add(
        desk.recorder,
        INCIDENT,
        ApprovalRequested,
        approval_id="e" * 32,
        action=ACTION,
        reason="forged",
        level="senior_sre",
        expires_at=desk.clock.now,
    )
    take_over(desk)
    assert desk.book.find("e" * 32) == elsewhere


def test_there_is_no_incident_that_nobody_opened_to_take_over(desk: Desk) -> None:
    fields = {"incident_id": "c" * 32, "proof": token("ann"), "reason": "why"}
    with pytest.raises(InvalidHistoryError):
        desk.call("take_over", **fields)
    assert desk.book.taken_over("c" * 32) is None


def test_a_wish_to_undo_is_signed_for_this_incident_and_what_the_executor_did(desk: Desk) -> None:
    desk.executed("act")
    assert undo(desk) == 1

    sealed = unseal(desk.book.undo_order(INCIDENT), UndoOrder)
    assert isinstance(sealed, Sealed)
    now = int(desk.clock.now.timestamp())
    said = UndoOrder(incident=INCIDENT, action=ACTION, person="ann", exp=now + 900)
    assert sealed.says == said
    objection = InMemoryVerifier().objection(APPROVER, said.message(), sealed.signature)
    assert objection is None
    (fact,) = [f for f in desk.store.load(INCIDENT) if isinstance(f, UndoRequested)]
    assert fact.by.outsider == "ann"


def test_a_wish_that_is_repeated_is_told_once_and_lasts_anew(desk: Desk) -> None:
    desk.executed("act")
    undo(desk)
    desk.clock.advance(600)
    undo(desk, "bob")

    sealed = unseal(desk.book.undo_order(INCIDENT), UndoOrder)
    assert isinstance(sealed, Sealed)
    assert (sealed.says.person, sealed.says.exp) == ("bob", desk.clock.now.timestamp() + 900)
    assert sum(isinstance(f, UndoRequested) for f in desk.store.load(INCIDENT)) == 1


@pytest.mark.parametrize(
    ("act", "undone", "why"),
    [
        (None, None, "nothing was done"),
        ("started", None, "nothing was done"),
        ("failed", None, "nothing was done"),
        ("done", "done", "undone already"),
    ],
)
def test_what_the_executor_has_not_done_or_has_undone_is_not_undone(
    desk: Desk, act: str | None, undone: str | None, why: str
) -> None:
    if act:
        desk.executed("act", act)
    if undone:
        desk.executed("undo", undone)
    with pytest.raises(RefusedError, match=why):
        undo(desk)
    assert desk.book.undo_order(INCIDENT) is None


def test_an_undo_that_failed_may_be_wanted_again(desk: Desk) -> None:
    desk.executed("act")
    desk.executed("undo", "failed")
    assert undo(desk) == 1


def test_a_token_of_somebody_elses_takes_the_answer_from_nobody(desk: Desk) -> None:
    asked = desk.open()
    desk.wait(asked)
    desk.wait(asked, "an intruder's")
    desk.answer(asked)
    assert desk.tokens.outputs["token"] == {"answer": "granted"}


def test_two_decisions_are_told_apart_by_the_newest_that_the_book_knows() -> None:
    desk = Desk(RISKY.id)
    newest = [f for f in desk.store.load(INCIDENT) if isinstance(f, DecisionMade)][-1]
    assert newest.action == RISKY.id
    assert desk.open()
    assert desk.questions()[0].people == 2
