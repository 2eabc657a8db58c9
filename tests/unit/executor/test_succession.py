"""Rounds at the executor: one action at a time, at most three, each after the end of the last."""

from datetime import timedelta
from typing import Any

import pytest

from functions.executor.operations import answer
from quorum.domain.commands import Execute
from quorum.domain.constants import MOST_ACTIONS, MOST_ROUNDS
from quorum.domain.events import ActionRefused, ActionTaken, ActionUndone
from quorum.domain.evidence import Candidate
from quorum.domain.incident_records import Verdict
from tests.builders.alarms import ACCOUNT
from tests.builders.candidates import candidate
from tests.builders.events import INCIDENT, OTHER
from tests.builders.evidence import HEALTHY_RECORD, series
from tests.builders.executor import Case
from tests.fakes import START

RECORD = (
    *HEALTHY_RECORD,
    series("requests", 100, version="2"),
    series("errors", 0, version="2"),
)
"""Traffic of versions 2 and 3 without an error."""


def target(version: int, *, now: str = "4") -> Candidate:
    """Return the rollback of the alias to this version, seen while it is at version `now`."""
    parameters = {**candidate().parameters, "to_version": str(version)}
    return candidate(parameters=parameters, observed={"alias_version": now})


def approve_and_run(case: Case) -> str:
    return case.run(approval=case.approve())


def end(case: Case, verdict: Verdict) -> None:
    """End the newest action: verify it, and undo what failed."""
    number = len(case.ledger.actions(INCIDENT))
    case.write_verdict(verdict, case.candidate.id, number=number)
    if verdict == "failed":
        assert case.run("undo") == "undone"
    else:
        case.run("settle")
    case.clock.advance(1)


def refusals(case: Case) -> list[tuple[str, str]]:
    return [(one.guard, one.reason) for one in case.facts(ActionRefused)]


def acted_once(verdict: Verdict = "failed") -> Case:
    case = Case(record=RECORD)
    assert case.run() == "acted"
    case.clock.advance(60)
    end(case, verdict)
    return case


@pytest.mark.parametrize("verdict", ["failed", "partial"])
def test_a_second_action_follows_with_an_approval_alone(verdict: Verdict) -> None:
    case = acted_once(verdict)
    case.next_round(chosen=target(2, now="4" if verdict == "failed" else "3"))

    assert case.run() == "ask"
    assert [guard for guard, _ in refusals(case)] == ["second_action"]
    assert approve_and_run(case) == "acted"

    first, second = case.ledger.actions(INCIDENT)
    assert (first.act.number, first.act.round) == (1, 1)
    assert (second.act.number, second.act.round) == (2, 2)
    assert first.is_undone is (verdict == "failed")
    assert case.run(approval=second.act.approval_id) == "acted", "a retry acts again"
    assert len(case.facts(ActionTaken)) == 2


def test_an_action_that_was_undone_is_not_repeated() -> None:
    case = acted_once()
    case.next_round()

    assert approve_and_run(case) == "refused"
    assert refusals(case) == [("authority", "this action was undone in this incident")]


@pytest.mark.parametrize("verdict", [None, "recovered", "unverified"])
def test_no_action_follows_one_that_is_not_over(verdict: Verdict | None) -> None:
    case = Case()
    assert case.run() == "acted"
    if verdict:
        end(case, verdict)
    case.next_round(chosen=target(2))

    assert approve_and_run(case) == "refused"
    assert refusals(case) == [("authority", "the action of round 1 is not over")]


def test_evidence_from_before_the_end_of_the_last_action_is_too_old() -> None:
    case = acted_once()
    case.next_round(chosen=target(2), taken_at=START)

    assert approve_and_run(case) == "refused"
    assert refusals(case) == [
        ("authority", "its evidence is older than the end of the last action")
    ]


def test_a_round_is_void_once_a_later_one_has_acted() -> None:
    case = Case(mode="approve", route="approve")
    former = case.approve()
    case.next_round(chosen=target(2))
    newer = case.approve()
    assert case.run(approval=newer) == "acted"
    case.round = 1

    assert case.run(approval=former) == "refused"
    assert refusals(case) == [("authority", "round 2 acted: round 1 is void")]


def test_a_former_rounds_grant_counts_until_another_round_acts() -> None:
    case = Case(mode="approve", route="approve")
    former = case.approve()
    case.next_round(chosen=target(2))
    case.round = 1
    case.candidate = candidate()

    assert case.run(approval=former) == "acted"


def test_a_grant_voids_what_a_later_round_would_do_by_itself() -> None:
    case = Case(route="approve", record=RECORD)
    case.approve()
    case.next_round(chosen=target(2))

    assert case.run() == "ask"
    assert [guard for guard, _ in refusals(case)] == ["answered"]


def test_a_denial_voids_every_grant_of_the_incident() -> None:
    case = Case(mode="approve", route="approve")
    case.approve(answer="denied", people=("ann",))
    case.next_round(chosen=target(2))

    assert approve_and_run(case) == "refused"
    assert refusals(case) == [("approval", "ann denied a request of the incident")]


def test_a_grant_is_for_its_own_round_alone() -> None:
    case = Case(mode="approve", route="approve")
    former = case.approve()
    case.next_round()

    assert case.run(approval=former) == "refused"
    assert [guard for guard, _ in refusals(case)] == ["approval"]


def test_an_older_rounds_certificate_authorises_no_later_round() -> None:
    case = Case(record=RECORD)
    former = case.signed()
    case.next_round()
    stored = case.decisions.find(INCIDENT, 2)
    assert stored is not None
    forged = {**stored.decision, "certificate": list(former)}
    case.decisions._decided[INCIDENT, 2] = stored.model_copy(update={"decision": forged})
    case.rewrite_decision(certificate=former)

    assert case.run() == "refused"
    assert refusals(case) == [("certificate", "invalid vote: it is about another round")]


def test_an_older_rounds_evidence_authorises_no_later_round() -> None:
    case = Case(record=RECORD)
    former = case.incident.basis
    assert former is not None
    case.next_round()
    stored = case.decisions.find(INCIDENT, 2)
    assert stored is not None
    forged = {**stored.decision, "evidence": former.evidence}
    case.decisions._decided[INCIDENT, 2] = stored.model_copy(update={"decision": forged})
    case.rewrite_decision(evidence=former.evidence)

    assert case.run() == "refused"
    assert [guard for guard, _ in refusals(case)] == ["authority"]


def test_an_incident_has_at_most_three_actions() -> None:
    case = acted_once("partial")
    for version in (2, 5):
        case.next_round(chosen=target(version, now="3"))
        assert approve_and_run(case) == "acted"
        end(case, "partial")
    case.next_round(chosen=target(6, now="3"))

    assert approve_and_run(case) == "refused"
    assert len(case.ledger.actions(INCIDENT)) == MOST_ACTIONS
    assert refusals(case) == [("authority", "the incident has had 3 actions")]


@pytest.mark.parametrize(
    ("verdict", "then"),
    [("failed", "next_round"), ("partial", "next_round"), ("recovered", "end")],
)
def test_another_round_follows_an_action_that_did_not_cure(verdict: Verdict, then: str) -> None:
    case = Case()
    assert case.run() == "acted"
    case.write_verdict(verdict, case.candidate.id)
    operation = "undo" if verdict == "failed" else "settle"

    assert ask(case, operation)["then"] == then


def test_no_round_follows_the_third_action() -> None:
    case = acted_once("partial")
    for version in (2, 5):
        case.next_round(chosen=target(version, now="3"))
        assert approve_and_run(case) == "acted"
        end(case, "partial")

    assert ask(case, "settle")["then"] == "end"


def ask(case: Case, operation: str) -> dict[str, Any]:
    command = {"operation": operation, "incident_id": INCIDENT, "round": case.round}
    return dict(answer(case.deps(), Execute.model_validate(command)))


def leased(case: Case) -> tuple[bool, bool]:
    """Return whether another incident is kept from the resource, and from the account's slot."""
    later = case.clock.now + timedelta(minutes=1)
    held = (case.candidate.resource, f"account:{ACCOUNT}")
    resource, account = (case.ledger.lease(key, OTHER, later) != OTHER for key in held)
    return resource, account


def test_an_attempt_in_another_round_ends_no_lease_of_an_action_in_progress() -> None:
    case = Case(record=RECORD)
    assert case.run() == "acted"
    case.next_round(chosen=target(2))

    assert approve_and_run(case) == "refused"
    assert leased(case) == (True, True)


def test_an_ordered_undo_ends_no_lease_of_a_later_action_in_progress() -> None:
    case = acted_once("partial")
    kept = case.candidate
    case.next_round(chosen=target(2, now="3"))
    assert approve_and_run(case) == "acted"
    case.order_undo(action=kept.id)

    case.run("undo")

    assert leased(case) == (True, True)


def test_an_attempt_that_is_refused_between_actions_leaves_the_account_free() -> None:
    case = acted_once()
    case.next_round()

    assert approve_and_run(case) == "refused"
    assert leased(case)[1] is False


def test_an_undo_takes_back_the_newest_action_alone() -> None:
    case = acted_once("partial")
    case.next_round(chosen=target(2, now="3"))
    assert approve_and_run(case) == "acted"
    end(case, "failed")

    assert [one.action for one in case.facts(ActionUndone)] == [target(2).id]
    first, second = case.ledger.actions(INCIDENT)
    assert (first.is_in_force, second.is_undone) == (True, True)


def test_a_person_can_order_the_undo_of_an_earlier_action() -> None:
    case = acted_once("partial")
    kept = case.candidate
    case.next_round(chosen=target(2))
    case.order_undo(action=kept.id)

    assert case.run("undo") == "undone"
    assert [one.action for one in case.facts(ActionUndone)] == [kept.id]


def test_a_round_beyond_the_last_one_is_invalid() -> None:
    command = {"operation": "act", "incident_id": INCIDENT, "round": MOST_ROUNDS + 1}
    with pytest.raises(ValueError, match="round"):
        Execute.model_validate(command)
