"""Undoing: only what we wrote, only when it did not help, and once."""

from datetime import timedelta

import pytest

from functions.executor.ports import Hazards
from functions.shared.domain.errors import RefusedError
from functions.shared.domain.events import ActionUndone, IncidentClosed, UndoRefused
from tests.unit.executor.cases import Case
from tests.unit.executor.evidence import ACCOUNT, OTHER, RESOURCE
from tests.unit.executor.steps import acted
from tests.unit.executor.world import put


def test_an_action_that_did_not_help_is_undone_with_what_was_captured() -> None:
    case = acted()

    assert case.run("undo") == "undone"

    assert case.actuator.world["alias_version"] == "4"
    assert case.facts(ActionUndone)[0].restored["alias_version"] == "4"
    fence = case.ledger.find(case.incident.incident_id, "undo")
    assert fence is not None
    assert fence.state == "done"


def test_a_repeat_of_an_undo_changes_nothing() -> None:
    case = acted()
    case.run("undo")
    facts = len(case.facts(ActionUndone))

    assert case.run("undo") == "undone"
    assert len(case.actuator.writes) == 2
    assert len(case.facts(ActionUndone)) == facts


def test_a_resource_that_is_no_longer_what_we_wrote_is_left_alone() -> None:
    case = acted()
    case.actuator.world.update(alias_version="9", revision=17)

    assert case.run("undo") == "refused"

    assert case.actuator.world["alias_version"] == "9"
    assert len(case.facts(UndoRefused)) == 1
    assert case.run("undo") == "refused"
    assert case.actuator.calls.count("undo") == 1


@pytest.mark.parametrize("verdict", [None, "recovered", "unverified"])
def test_an_action_that_was_not_found_to_have_failed_is_not_undone(verdict: str | None) -> None:
    case = acted(verdict)

    assert case.run("undo") == "refused"
    assert case.actuator.world["alias_version"] == "3"


def test_a_failed_check_from_before_the_action_is_no_licence_to_undo() -> None:
    case = Case()
    case.check("failed")
    case.run()

    assert case.run("undo") == "refused"
    assert case.actuator.world["alias_version"] == "3"


def test_nothing_is_undone_where_nothing_was_done() -> None:
    case = Case()
    case.check("failed")

    assert case.run("undo") == "refused"
    assert "no action" in case.facts(UndoRefused)[0].reason
    assert case.actuator.writes == []


def test_a_closed_incident_is_not_undone() -> None:
    case = acted()
    case.recorder.record_once(
        case.incident.incident_id, IncidentClosed, outcome="escalated", reason="watchdog"
    )

    assert case.run("undo") == "refused"


def test_the_stop_switch_stops_an_undo() -> None:
    case = acted()
    case.operations.set_stopped("drill", "ann")

    assert case.run("undo") == "refused"
    assert "stop_switch" in case.facts(UndoRefused)[0].reason
    assert len(case.actuator.writes) == 1


def test_a_deployment_stops_an_undo() -> None:
    case = acted()
    case.actuator.now = Hazards(deploying="an update is under way")

    assert case.run("undo") == "refused"
    assert len(case.actuator.writes) == 1


def test_the_guards_of_an_action_do_not_stop_an_undo() -> None:
    case = acted()
    case.alarms.alarms.clear()
    case.rules = ()

    assert case.run("undo") == "undone"


@pytest.mark.parametrize("ends", ["undone", "refused"])
def test_an_undo_ends_the_leases_with_a_cooldown_however_it_ends(ends: str) -> None:
    case = acted()
    if ends == "refused":
        case.actuator.world["revision"] = 17
    assert case.run("undo") == ends
    later = case.clock.now + timedelta(hours=1)

    assert case.ledger.lease(f"account:{ACCOUNT}", OTHER, later) == OTHER
    case.clock.advance(299)
    assert case.ledger.lease(RESOURCE, OTHER, later) != OTHER
    case.clock.advance(2)
    assert case.ledger.lease(RESOURCE, OTHER, later) == OTHER


def test_a_verb_without_an_inverse_refuses_and_says_so() -> None:
    case = acted()

    def undo(*_: object) -> None:
        raise RefusedError("sqs.redrive has no inverse")

    put(case.actuator, "undo", undo)
    assert case.run("undo") == "refused"
    assert "no inverse" in case.facts(UndoRefused)[0].reason
