"""Interventions by people: a take-over, an order to undo, a restricted verb."""

from typing import Any

import pytest

from quorum.domain.errors import StoreUnavailableError
from quorum.domain.events import (
    ActionRefused,
    ActionUndone,
    IncidentTakenOver,
    UndoRefused,
    UndoRequested,
)
from quorum.domain.grants import APPROVER, UndoOrder
from quorum.domain.incident_records import Verdict
from quorum.domain.restrictions import Restriction
from tests.builders.candidates import RESOURCE
from tests.builders.events import INCIDENT, OTHER, add
from tests.builders.executor import Case
from tests.builders.people import SAID, held_back
from tests.fakes import InMemoryVerifier, sealed
from tests.unit.executor.steps import acted


def test_action_in_an_incident_taken_over_is_refused() -> None:
    case = Case()
    case.put_take_over()

    assert case.run() == "refused"
    assert case.actuator.writes == []
    assert case.facts(ActionRefused)[0].guard == "taken_over"


def test_approved_action_in_an_incident_taken_over_is_refused() -> None:
    case = Case(mode="approve", route="approve")
    case.put_take_over()
    wanted = case.approve()

    assert case.run(approval=wanted) == "refused"
    assert case.actuator.writes == []


def test_undo_in_an_incident_taken_over_needs_an_order() -> None:
    case = acted()
    case.put_take_over()

    assert case.run("undo") == "refused"
    assert case.facts(UndoRefused)[0].reason == "taken_over: ann has taken over the incident"
    case.order_undo()
    assert case.run("undo") == "undone"


@pytest.mark.parametrize("verdict", [None, "recovered", "unverified", "failed"])
def test_undo_order_applies_whatever_the_verdict(verdict: Verdict | None) -> None:
    case = acted(verdict)
    case.order_undo()

    assert case.run("undo") == "undone"
    assert case.actuator.world["alias_version"] == "4"


def test_undo_order_applies_long_after_the_incidents_end() -> None:
    case = acted("recovered")
    case.run("settle")
    case.put_ending()
    case.clock.advance(86_400)
    case.order_undo()

    assert case.run("undo") == "undone"
    assert len(case.facts(ActionUndone)) == 1


def test_undo_order_is_refused_while_another_incident_leases_the_resource() -> None:
    case = acted("recovered")
    case.run("settle")
    case.clock.advance(86_400)
    case.ledger.lease(RESOURCE, OTHER, case.deps().in_seconds(60))
    case.order_undo()

    assert case.run("undo") == "refused"
    assert case.facts(UndoRefused)[0].reason.startswith("lease:")
    assert case.actuator.world["alias_version"] == "3"


def test_undo_order_is_refused_when_the_resource_has_changed() -> None:
    case = acted("recovered")
    case.actuator.world.update(alias_version="9", revision=17)
    case.order_undo()

    assert case.run("undo") == "refused"
    assert case.actuator.world["alias_version"] == "9"


def test_undo_event_without_a_stored_order_is_ignored() -> None:
    case = acted("recovered")
    add(case.recorder, INCIDENT, UndoRequested, **SAID)

    assert case.run("undo") == "refused"
    assert case.actuator.world["alias_version"] == "3"


@pytest.mark.parametrize(
    "order",
    [
        {"action": "lambda.rollback_alias:" + "0" * 32},
        {"seconds": 0},
    ],
    ids=["another action", "expired"],
)
def test_undo_order_of_another_action_or_an_earlier_time_is_ignored(order: dict[str, Any]) -> None:
    case = acted("recovered")
    case.order_undo(**order)

    assert case.run("undo") == "refused"


def test_undo_order_of_another_incident_is_ignored() -> None:
    case = acted("recovered")
    case.order_undo()
    text = case.approvals.undo_order(INCIDENT)
    assert text is not None
    foreign = UndoOrder(incident=OTHER, action=case.candidate.id, person="ann", exp=4 * 10**9)
    case.approvals.order_undo(INCIDENT, sealed(foreign, APPROVER))

    assert case.run("undo") == "refused"


def test_undo_order_not_signed_by_the_approval_function_is_ignored() -> None:
    case = acted("recovered")
    case.order_undo()
    keys = InMemoryVerifier({APPROVER: "another signer"})

    assert case.run("undo", verifier=keys) == "refused"


def test_incident_of_an_earlier_version_is_taken_over_by_its_log() -> None:
    case = Case()
    case.openings._openings.clear()
    add(case.recorder, INCIDENT, IncidentTakenOver, **SAID)

    assert case.run(approval=case.approve()) == "refused"
    assert case.facts(ActionRefused)[0].guard == "taken_over"


def test_take_over_event_does_not_stop_an_incident_with_a_stored_opening() -> None:
    case = Case()
    add(case.recorder, INCIDENT, IncidentTakenOver, **SAID)

    assert case.run() == "acted"


def test_verb_restricted_since_the_decision_is_refused() -> None:
    case = Case()
    hold = Restriction(verb=case.candidate.verb, resource="lambda:*", mode="shadow")
    case.control_log.append(held_back(hold))

    assert case.run() == "refused"
    assert case.facts(ActionRefused)[0].guard == "shadow"
    assert case.actuator.writes == []


def test_verb_restricted_to_approve_since_the_decision_requests_approval() -> None:
    case = Case()
    hold = Restriction(verb=case.candidate.verb, resource=RESOURCE, mode="approve")
    case.control_log.append(held_back(hold))

    assert case.run() == "ask"
    assert case.run(approval=case.approve()) == "acted"


def test_unreadable_restrictions_prevent_the_effect() -> None:
    case = Case()
    case.control_log.error = StoreUnavailableError("no answer")

    with pytest.raises(StoreUnavailableError):
        case.run()
    assert case.actuator.writes == []
