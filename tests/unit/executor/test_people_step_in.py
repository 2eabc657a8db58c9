"""People step in: an incident that is taken over, an action they want undone, a verb held back."""

import pytest

from functions.shared.domain.errors import StoreUnavailableError
from functions.shared.domain.events import (
    ActionRefused,
    ActionUndone,
    IncidentClosed,
    IncidentTakenOver,
    UndoRefused,
    UndoRequested,
)
from functions.shared.domain.restrictions import Restriction
from tests.fakes.people import SAID, held_back
from tests.unit.executor.cases import Case
from tests.unit.executor.evidence import INCIDENT, OTHER, RESOURCE
from tests.unit.executor.steps import acted


def test_nothing_is_done_in_an_incident_that_is_taken_over() -> None:
    case = Case()
    case.recorder.add(INCIDENT, IncidentTakenOver, **SAID)

    assert case.run() == "refused"
    assert case.actuator.writes == []
    assert case.facts(ActionRefused)[0].guard == "taken_over"


def test_not_even_what_another_person_approved() -> None:
    case = Case(mode="approve", route="approve")
    case.recorder.add(INCIDENT, IncidentTakenOver, **SAID)
    wanted = case.approve()

    assert case.run(approval=wanted) == "refused"
    assert case.actuator.writes == []


def test_whoever_took_it_over_is_not_surprised_by_an_undo() -> None:
    case = acted()
    case.recorder.add(INCIDENT, IncidentTakenOver, **SAID)

    assert case.run("undo") == "refused"
    assert case.facts(UndoRefused)[0].reason == "taken_over: ada has taken it over"
    case.recorder.add(INCIDENT, UndoRequested, **SAID)
    assert case.run("undo") == "undone"


@pytest.mark.parametrize("verdict", [None, "recovered", "unverified", "failed"])
def test_what_a_person_wants_undone_is_undone_whatever_was_found(verdict: str | None) -> None:
    case = acted(verdict)
    case.recorder.add(INCIDENT, UndoRequested, **SAID)

    assert case.run("undo") == "undone"
    assert case.actuator.world["alias_version"] == "4"


def test_also_long_after_the_incident_was_closed() -> None:
    case = acted("recovered")
    case.run("settle")
    case.recorder.add(INCIDENT, IncidentClosed, outcome="resolved", reason="recovered")
    case.recorder.add(INCIDENT, UndoRequested, **SAID)
    case.clock.advance(86_400)

    assert case.run("undo") == "undone"
    assert len(case.facts(ActionUndone)) == 1


def test_but_not_while_another_incident_has_the_resource() -> None:
    case = acted("recovered")
    case.run("settle")
    case.clock.advance(86_400)
    case.ledger.lease(RESOURCE, OTHER, case.tools().in_seconds(60))
    case.recorder.add(INCIDENT, UndoRequested, **SAID)

    assert case.run("undo") == "refused"
    assert case.facts(UndoRefused)[0].reason.startswith("lease:")
    assert case.actuator.world["alias_version"] == "3"


def test_and_never_when_it_is_no_longer_what_we_wrote() -> None:
    case = acted("recovered")
    case.actuator.world.update(alias_version="9", revision=17)
    case.recorder.add(INCIDENT, UndoRequested, **SAID)

    assert case.run("undo") == "refused"
    assert case.actuator.world["alias_version"] == "9"


def test_a_wish_from_before_the_action_is_no_licence() -> None:
    case = Case()
    case.recorder.add(INCIDENT, UndoRequested, **SAID)
    case.run()

    assert case.run("undo") == "refused"


def test_a_verb_that_was_held_back_since_the_decision_is_not_done() -> None:
    case = Case()
    hold = Restriction(verb=case.candidate.verb, resource="lambda:*", mode="shadow")
    case.switched.append(held_back(hold))

    assert case.run() == "refused"
    assert case.facts(ActionRefused)[0].guard == "shadow"
    assert case.actuator.writes == []


def test_a_verb_that_wants_approval_since_then_is_asked_about() -> None:
    case = Case()
    hold = Restriction(verb=case.candidate.verb, resource=RESOURCE, mode="approve")
    case.switched.append(held_back(hold))

    assert case.run() == "ask"
    assert case.run(approval=case.approve()) == "acted"


def test_what_is_held_back_cannot_be_read_so_nothing_is_done() -> None:
    case = Case()
    case.switched.error = StoreUnavailableError("no answer")

    assert case.run() == "refused"
    assert case.actuator.writes == []
