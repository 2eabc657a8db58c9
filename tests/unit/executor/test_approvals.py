"""A live approval of this very decision, and of nothing else."""

from datetime import timedelta

import pytest

from functions.executor.approval_check import check_grants
from functions.executor.refusal import RefusalError
from quorum.domain.approvals import Approval, approval_id
from quorum.domain.autonomy import Rule
from quorum.domain.events import ApprovalAnswered
from quorum.domain.evidence import Candidate
from quorum.domain.grants import APPROVER, grant
from tests.builders.candidates import candidate, of
from tests.builders.events import INCIDENT, OTHER, add
from tests.builders.executor import NEVER_DECIDED, Case
from tests.fakes import START, InMemoryApprovalStore, InMemoryVerifier, sealed
from tests.unit.executor.steps import refusal

ELSEWHERE = "arn:aws:ecs:eu-west-1:999999999999:task-definition/shop:4"


def test_valid_approval_of_the_decision_acts_below_the_threshold() -> None:
    case = Case(mode="approve", route="approve", confidence_bp=4000)

    assert case.run(approval=case.approve()) == "acted"
    captured = case.incident.captured
    assert captured is not None
    assert captured.approval_id is not None


def test_an_expired_approval_is_refused() -> None:
    case = Case(mode="approve", route="approve")
    approval = case.approve(seconds=60)
    case.clock.advance(60)

    assert refusal(case, approval) == ("approval", "the approval has expired")


def test_a_denied_approval_is_refused() -> None:
    case = Case(mode="approve", route="approve")

    assert refusal(case, case.approve(answer="denied")) == ("approval", "the approval is denied")


def test_approval_without_an_approval_request_is_refused() -> None:
    case = Case(mode="approve", route="approve")
    decision = case.incident.decision
    assert decision is not None

    for wanted in ("f" * 32, approval_id(decision)):
        why = refusal(case, wanted, approvals=InMemoryApprovalStore())
        assert why == ("approval", "the approval is for another decision")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"incident_id": OTHER}, "the approval is for another action"),
        ({"action": "lambda.rollback_alias:000000000000"}, "the approval is for another action"),
        ({"state": "waiting"}, "the approval is waiting"),
        ({"state": "expired"}, "the approval is expired"),
    ],
)
def test_approval_of_another_action_or_still_open_is_refused(
    changed: dict[str, str], why: str
) -> None:
    case, book = Case(mode="approve", route="approve"), InMemoryApprovalStore()
    wanted = case.approve()
    asked = case.approvals.find(wanted)
    assert asked is not None
    book.ask(Approval.model_validate({**asked.model_dump(), **changed}))

    assert refusal(case, wanted, approvals=book) == ("approval", why)


def test_an_approval_of_the_same_action_by_another_decision_is_refused() -> None:
    case = Case(mode="approve", route="approve")
    asked = case.approvals.find(case.approve())
    assert asked is not None
    older = "0" * 32
    case.approvals.ask(asked.model_copy(update={"approval_id": older}))
    add(case.recorder, INCIDENT, ApprovalAnswered, approval_id=older, answer="granted")

    assert refusal(case, older) == ("approval", "the approval is for another decision")


def test_an_approval_of_another_incidents_decision_is_refused() -> None:
    case = Case(mode="approve", route="approve")
    donor = Case(mode="approve", route="approve", start=START + timedelta(days=1))
    wanted = donor.approve()

    why = refusal(case, wanted, approvals=donor.approvals)
    assert why == ("approval", "the approval is for another decision")


def test_grant_past_its_signed_expiry_is_refused_whatever_is_stored() -> None:
    case = Case(mode="approve", route="approve")
    wanted = case.approve(seconds=60)
    stored = case.approvals.find(wanted)
    assert stored is not None
    later = stored.model_copy(update={"expires_at": stored.expires_at + 600})
    case.approvals._questions[wanted] = later
    case.clock.advance(60)

    assert refusal(case, wanted) == ("approval", "a grant has expired")


def test_a_grant_that_cannot_be_read_is_refused() -> None:
    case = Case(mode="approve", route="approve")
    wanted = case.approve()
    stored = case.approvals.find(wanted)
    assert stored is not None
    case.approvals._questions[wanted] = stored.model_copy(update={"grants": ("{}",)})

    why = "invalid grant: it is not a signed statement"
    assert refusal(case, wanted) == ("approval", why)


@pytest.mark.parametrize(
    "wrong",
    [
        candidate(id="lambda.rollback_alias:000000000000"),
        candidate(resource="lambda:payments"),
        of("ecs.rollback_service", from_task_definition=ELSEWHERE),
    ],
    ids=["id", "resource", "account"],
)
def test_grant_for_an_action_without_a_valid_target_is_refused(wrong: Candidate) -> None:
    case = Case(chosen=wrong, mode="approve", route="approve")

    assert refusal(case, case.approve())[0] == "target"


def test_candidate_chosen_by_the_approver_is_executed() -> None:
    case = Case(mode="approve", route="approve")
    wanted = case.approve(chosen=NEVER_DECIDED)
    case.rules = (*case.rules, Rule(verb=NEVER_DECIDED.verb, resources=("*",), mode="approve"))

    assert case.run(approval=wanted) == "acted"
    fence = case.ledger.find(INCIDENT, "act")
    assert fence is not None
    assert fence.candidate == NEVER_DECIDED


def test_an_approval_does_not_lift_shadow() -> None:
    case = Case(mode="shadow", route="approve")

    assert refusal(case, case.approve())[0] == "shadow"


def test_approval_not_signed_by_the_approval_function_is_refused() -> None:
    case = Case(mode="approve", route="approve")
    wanted = case.approve()
    keys = InMemoryVerifier({APPROVER: "another signer"})

    assert "invalid grant" in refusal(case, wanted, verifier=keys)[1]


def test_a_grant_of_another_state_or_action_is_refused() -> None:
    case = Case(mode="approve", route="approve")
    wanted = case.approve()
    frozen = case.incident.evidence
    assert frozen is not None
    stored = case.approvals.find(wanted)
    assert stored is not None
    donor = Case(mode="approve", route="approve", chosen=candidate(observed={"alias_version": "9"}))
    other = donor.approvals.find(donor.approve())
    assert other is not None
    case.approvals._questions[wanted] = stored.model_copy(update={"grants": other.grants})

    assert refusal(case, wanted) == ("approval", "a grant is for another action")


@pytest.mark.parametrize(("people", "ends"), [(("ann", " ANN"), "refused"), (("ann", "bob"), "")])
def test_high_risk_action_needs_grants_of_two_people(people: tuple[str, ...], ends: str) -> None:
    case = Case(mode="approve", route="approve")
    wanted = case.approve(people=people)
    decision, stored = case.incident.decision, case.approvals.find(wanted)
    assert decision is not None
    assert stored is not None
    risky = case.candidate.model_copy(update={"verb": "sqs.redrive"})
    said = [grant(decision, risky, person, int(stored.expires_at)) for person in people]
    texts = tuple(sealed(one, APPROVER) for one in said)
    granted = stored.model_copy(update={"grants": texts})

    if ends:
        with pytest.raises(RefusalError, match="1 of 2 required approvers"):
            check_grants(case.deps(), decision, risky, granted)
    else:
        check_grants(case.deps(), decision, risky, granted)


def test_approval_after_the_resource_changed_is_refused_with_the_reason() -> None:
    case = Case(mode="approve", route="approve")
    wanted = case.approve()
    case.actuator.world["alias_version"] = "5"

    guard, _ = refusal(case, wanted)

    assert guard == "precondition"


def test_approval_without_a_choice_is_for_the_requested_action() -> None:
    """Versions before the choice stored none."""
    case = Case(mode="approve", route="approve")
    wanted = case.approve()
    stored = case.approvals.find(wanted)
    assert stored is not None
    case.approvals._questions[wanted] = stored.model_copy(update={"chosen": ""})

    assert case.run(approval=wanted) == "acted"
