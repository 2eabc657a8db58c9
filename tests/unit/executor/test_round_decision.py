"""The decision and its resource."""

from functions.executor.refusal import RefusalError
from functions.executor.round_decision import decided_resource_or_none, load_decision
from quorum.domain.commands import Execute
from tests.builders.candidates import RESOURCE, candidate, of
from tests.builders.events import INCIDENT
from tests.builders.executor import Case
from tests.fakes import InMemoryDecisionStore

PRICES = of("ssm.restore_parameter")


def asking(approval: str | None = None) -> Execute:
    fields = {"operation": "act", "incident_id": INCIDENT, "round": 1, "approval_id": approval}
    return Execute.model_validate(fields)


def why(case: Case) -> tuple[str, str]:
    try:
        load_decision(case.deps(), case.incident, 1)
    except RefusalError as refused:
        return refused.guard, refused.reason
    return "", ""


def test_undecided_round_has_a_reason() -> None:
    case = Case()
    assert why(case) == ("", "")

    case.rewrite_decision(action=None)
    assert why(case) == ("authority", "round 1 has decided no action")

    case = Case()
    case.decisions = InMemoryDecisionStore()
    assert why(case) == ("authority", "no decision record found")


def test_resource_is_that_of_the_decided_or_chosen_action() -> None:
    case = Case(mode="approve", route="approve", bundled={"candidates": (PRICES, candidate())})
    assert decided_resource_or_none(case.deps(), asking()) == RESOURCE

    wanted = case.approve(chosen=PRICES)
    assert decided_resource_or_none(case.deps(), asking(wanted)) == "ssm:/shop/prices"

    unchosen = case.approvals._questions[wanted].model_copy(update={"chosen": None})
    case.approvals._questions[wanted] = unchosen
    assert decided_resource_or_none(case.deps(), asking(wanted)) == RESOURCE
    assert decided_resource_or_none(case.deps(), asking("f" * 32)) == RESOURCE


def test_resource_of_an_unknown_action_is_none() -> None:
    case = Case()
    case.decisions = InMemoryDecisionStore()

    assert decided_resource_or_none(case.deps(), asking()) is None
