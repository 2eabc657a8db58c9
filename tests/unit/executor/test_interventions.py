"""People step in: an incident that is taken over, an action they want undone, a verb held back."""

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
from tests.fakes import InMemoryVerifier, sealed
from tests.fakes.people import SAID, held_back
from tests.fakes.recording import add
from tests.unit.executor.cases import Case
from tests.unit.executor.evidence import INCIDENT, OTHER, RESOURCE
from tests.unit.executor.steps import acted


def test_nothing_is_done_in_an_incident_that_is_taken_over() -> None:
    case = Case()
    case.take_over()

    assert case.run() == "refused"
    assert case.actuator.writes == []
    assert case.facts(ActionRefused)[0].guard == "taken_over"


def test_not_even_what_another_person_approved() -> None:
    case = Case(mode="approve", route="approve")
    case.take_over()
    wanted = case.approve()

    assert case.run(approval=wanted) == "refused"
    assert case.actuator.writes == []


def test_whoever_took_it_over_is_not_surprised_by_an_undo() -> None:
    case = acted()
    case.take_over()

    assert case.run("undo") == "refused"
    assert case.facts(UndoRefused)[0].reason == "taken_over: ann has taken over the incident"
    case.order_undo()
    assert case.run("undo") == "undone"


@pytest.mark.parametrize("verdict", [None, "recovered", "unverified", "failed"])
def test_what_a_person_wants_undone_is_undone_whatever_was_found(verdict: Verdict | None) -> None:
    case = acted(verdict)
    case.order_undo()

    assert case.run("undo") == "undone"
    assert case.actuator.world["alias_version"] == "4"


def test_also_long_after_the_incident_was_closed() -> None:
    case = acted("recovered")
    case.run("settle")
    case.close()
    case.clock.advance(86_400)
    case.order_undo()

    assert case.run("undo") == "undone"
    assert len(case.facts(ActionUndone)) == 1


def test_but_not_while_another_incident_has_the_resource() -> None:
    case = acted("recovered")
    case.run("settle")
    case.clock.advance(86_400)
    case.ledger.lease(RESOURCE, OTHER, case.deps().in_seconds(60))
    case.order_undo()

    assert case.run("undo") == "refused"
    assert case.facts(UndoRefused)[0].reason.startswith("lease:")
    assert case.actuator.world["alias_version"] == "3"


def test_and_never_when_it_is_no_longer_what_we_wrote() -> None:
    case = acted("recovered")
    case.actuator.world.update(alias_version="9", revision=17)
    case.order_undo()

    assert case.run("undo") == "refused"
    assert case.actuator.world["alias_version"] == "9"


def test_a_log_that_says_somebody_wants_it_undone_is_no_order() -> None:
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
def test_an_order_about_something_else_or_of_before_is_none(order: dict[str, Any]) -> None:
    case = acted("recovered")
    case.order_undo(**order)

    assert case.run("undo") == "refused"


def test_an_order_of_another_incident_is_none() -> None:
    case = acted("recovered")
    case.order_undo()
    text = case.approvals.undo_order(INCIDENT)
    assert text is not None
    foreign = UndoOrder(incident=OTHER, action=case.candidate.id, person="ann", exp=4 * 10**9)
    case.approvals.order_undo(INCIDENT, sealed(foreign, APPROVER))

    assert case.run("undo") == "refused"


def test_an_order_that_the_approval_function_did_not_sign_is_none() -> None:
    case = acted("recovered")
    case.order_undo()
    keys = InMemoryVerifier({APPROVER: "somebody else"})

    assert case.run("undo", verifier=keys) == "refused"


def test_an_incident_of_before_that_the_log_says_was_taken_over_stays_with_that_person() -> None:
    case = Case()
    case.openings._openings.clear()
    add(case.recorder, INCIDENT, IncidentTakenOver, **SAID)

    assert case.run(approval=case.approve()) == "refused"
    assert case.facts(ActionRefused)[0].guard == "taken_over"


def test_a_log_that_says_somebody_took_it_over_silences_nothing_that_intake_opened() -> None:
    case = Case()
    add(case.recorder, INCIDENT, IncidentTakenOver, **SAID)

    assert case.run() == "acted"


def test_a_verb_that_was_held_back_since_the_decision_is_not_done() -> None:
    case = Case()
    hold = Restriction(verb=case.candidate.verb, resource="lambda:*", mode="shadow")
    case.control_log.append(held_back(hold))

    assert case.run() == "refused"
    assert case.facts(ActionRefused)[0].guard == "shadow"
    assert case.actuator.writes == []


def test_a_verb_that_wants_approval_since_then_is_asked_about() -> None:
    case = Case()
    hold = Restriction(verb=case.candidate.verb, resource=RESOURCE, mode="approve")
    case.control_log.append(held_back(hold))

    assert case.run() == "ask"
    assert case.run(approval=case.approve()) == "acted"


def test_what_is_held_back_cannot_be_read_so_nothing_is_done() -> None:
    case = Case()
    case.control_log.error = StoreUnavailableError("no answer")

    with pytest.raises(StoreUnavailableError):
        case.run()
    assert case.actuator.writes == []
