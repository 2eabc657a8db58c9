"""Undo: only of Quorum's own change, only when it did not help, and once."""

from datetime import timedelta
from typing import Any

import pytest

from functions.executor.ports import Hazards
from quorum.domain.errors import InvalidInputError, RefusedError
from quorum.domain.events import (
    ActionTaken,
    ActionUndone,
    BaseEvent,
    InverseCaptured,
    UndoRefused,
)
from quorum.domain.executions import Execution
from quorum.domain.incident_records import Verdict
from tests.builders.actuators import put
from tests.builders.alarms import ACCOUNT
from tests.builders.candidates import RESOURCE
from tests.builders.events import INCIDENT, OTHER, add
from tests.builders.executor import NEVER_DECIDED, Case
from tests.fakes import START
from tests.unit.executor.steps import acted


def test_undo_applies_the_captured_inverse_of_a_failed_action() -> None:
    case = acted()

    assert case.run("undo") == "undone"

    assert case.actuator.world["alias_version"] == "4"
    assert case.facts(ActionUndone)[0].restored["alias_version"] == "4"
    fence = case.ledger.find(case.incident.incident_id, "undo")
    assert fence is not None
    assert fence.state == "done"


def test_undo_fence_has_the_actions_authority() -> None:
    case = Case(mode="approve", route="approve")
    wanted = case.approve()
    assert case.run(approval=wanted) == "acted"
    case.verify("failed")

    assert case.run("undo") == "undone"
    act, undo = (case.ledger.find(INCIDENT, operation) for operation in ("act", "undo"))
    assert act is not None
    assert undo is not None
    same = ("action", "resource", "candidate", "captured", "approval_id")
    assert [getattr(undo, name) for name in same] == [getattr(act, name) for name in same]
    assert undo.approval_id == wanted


@pytest.mark.parametrize("state", ["failed", "unknown"])
def test_undo_refuses_an_action_that_the_ledger_lacks(state: str) -> None:
    case = acted()
    fence = case.ledger.find(INCIDENT, "act")
    assert fence is not None
    case.ledger.finish(fence.model_copy(update={"state": state}))

    assert case.run("undo") == "refused"
    (refusal,) = case.facts(UndoRefused)
    assert refusal.reason == "undo: the execution ledger does not record the action as done"


def test_undo_repeated_changes_nothing() -> None:
    case = acted()
    case.run("undo")
    events = len(case.facts(ActionUndone))

    assert case.run("undo") == "undone"
    assert len(case.actuator.writes) == 2
    assert len(case.facts(ActionUndone)) == events


def test_undo_leaves_a_resource_that_has_changed_since() -> None:
    case = acted()
    case.actuator.world.update(alias_version="9", revision=17)

    assert case.run("undo") == "refused"

    assert case.actuator.world["alias_version"] == "9"
    (refusal,) = case.facts(UndoRefused)
    assert refusal.reason.startswith("undo: ")
    assert case.run("undo") == "refused"
    assert case.actuator.calls.count("undo") == 1


@pytest.mark.parametrize("verdict", ["recovered", "unverified"])
def test_undo_refuses_an_action_without_a_failed_verdict(verdict: Verdict) -> None:
    case = acted(verdict)

    assert case.run("undo") == "refused"
    assert case.actuator.world["alias_version"] == "3"


def test_undo_before_verification_is_refused() -> None:
    """No event is recorded: the undo is still possible after verification."""
    case = acted(None)
    case.write_check("failed")

    with pytest.raises(InvalidInputError, match="verification has not finished"):
        case.run("undo")

    assert case.actuator.world["alias_version"] == "3"
    case.verify("failed")
    assert case.run("undo") == "undone"


def test_undo_refuses_a_verdict_on_another_action() -> None:
    case = acted(None)
    case.verify("failed", action="lambda.rollback_alias:" + "0" * 32)

    assert case.run("undo") == "refused"
    assert case.actuator.world["alias_version"] == "3"


def test_undo_without_an_action_changes_nothing() -> None:
    case = Case()
    case.verify("failed")

    with pytest.raises(InvalidInputError, match="no action to undo"):
        case.run("undo")
    assert case.actuator.writes == []


FORGED = {
    "another state before": {"captured": {"alias_version": "1", "weights": "{}"}},
    "another action": {
        "candidate": NEVER_DECIDED,
        "captured": {"reserved_concurrency": 0},
    },
    "another authority": {"approval_id": "f" * 32},
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
@pytest.mark.parametrize("ordered", [False, True], ids=["by verification", "by a person"])
def test_undo_never_writes_an_inverse_from_the_log(
    *, forged: dict[str, Any], ordered: bool
) -> None:
    """Any of a dozen roles can append such an event after any action."""
    case = acted()
    before = case.incident.captured
    assert before is not None
    add(case.recorder, INCIDENT, InverseCaptured, **{**_content(before), **forged})
    if ordered:
        case.order_undo()

    assert case.run("undo") == "refused"

    assert case.facts(UndoRefused)[-1].reason.endswith("the execution ledger disagree")
    assert case.actuator.writes == [{"alias_version": "3"}]


def test_undo_never_compares_with_a_state_from_the_log() -> None:
    case = acted()
    taken = case.incident.taken
    assert taken is not None
    forged = {**taken.written, "revision": 17}
    add(case.recorder, INCIDENT, ActionTaken, **{**_content(taken), "written": forged})

    assert case.run("undo") == "refused"
    assert len(case.actuator.writes) == 1


def test_undo_ignores_an_undo_event_without_a_fence() -> None:
    case = acted()
    add(case.recorder, INCIDENT, ActionUndone, action=case.candidate.id, restored={}, request_id="")

    assert case.run("undo") == "undone"
    assert case.actuator.world["alias_version"] == "4"


def test_undo_of_an_action_without_a_stored_inverse_is_refused() -> None:
    case = acted()
    fence = case.ledger.find(INCIDENT, "act")
    assert fence is not None
    case.ledger.finish(fence.model_copy(update={"candidate": None, "captured": {}}))

    assert case.run("undo") == "refused"
    assert "an earlier version" in case.facts(UndoRefused)[0].reason
    assert len(case.actuator.writes) == 1


def _content(event: BaseEvent) -> dict[str, Any]:
    return event.model_dump(exclude=set(BaseEvent.model_fields))


def test_undo_once_refused_stays_refused_when_the_reason_is_gone() -> None:
    case = acted()
    case.stop.throw("drill", "ann", START)
    assert case.run("undo") == "refused"
    case.stop.lift("over", "ann", START)

    assert case.run("undo") == "refused"
    assert len(case.actuator.writes) == 1


@pytest.mark.parametrize("stops", ["stop_switch", "deployment"])
def test_undo_ordered_by_a_person_is_stopped_by_the_same_guards(stops: str) -> None:
    case = acted()
    case.order_undo()
    if stops == "stop_switch":
        case.stop.throw("drill", "ann", START)
    else:
        case.actuator.now = Hazards(deploying="an update is under way")

    assert case.run("undo") == "refused"
    assert stops in case.facts(UndoRefused)[0].reason
    assert len(case.actuator.writes) == 1


def test_second_of_two_concurrent_undos_finds_the_firsts_fence() -> None:
    case = acted()
    fence = case.ledger.fence
    results: list[str] = []

    def slower(execution: Execution) -> Execution | None:
        if not results:
            results.append("")
            results[0] = case.run("undo")
        return fence(execution)

    put(case.ledger, "fence", slower)

    assert case.run("undo") == "undone"
    assert results == ["undone"]
    assert len(case.actuator.writes) == 2


def test_undo_refuses_a_closed_incident() -> None:
    case = acted()
    case.put_ending()

    assert case.run("undo") == "refused"
    assert case.facts(UndoRefused)[0].reason == "undo: the incident is closed"


def test_concurrent_refused_undos_record_one_refusal() -> None:
    case = acted()
    case.stop.throw("drill", "ann", START)
    thrown = case.stop.thrown
    results: list[str] = []

    def slower() -> str | None:
        if not results:
            results.append("")
            results[0] = case.run("undo")
        return thrown()

    put(case.stop, "thrown", slower)

    assert case.run("undo") == "refused"
    assert results == ["refused"]
    assert len(case.facts(UndoRefused)) == 1


def test_stop_switch_stops_an_undo() -> None:
    case = acted()
    case.stop.throw("drill", "ann", START)

    assert case.run("undo") == "refused"
    assert "stop_switch" in case.facts(UndoRefused)[0].reason
    assert len(case.actuator.writes) == 1


def test_running_deployment_stops_an_undo() -> None:
    case = acted()
    case.actuator.now = Hazards(deploying="an update is under way")

    assert case.run("undo") == "refused"
    assert len(case.actuator.writes) == 1


def test_guards_of_actions_do_not_stop_an_undo() -> None:
    case = acted()
    case.alarms.alarms.clear()
    case.rules = ()

    assert case.run("undo") == "undone"


@pytest.mark.parametrize("ends", ["undone", "refused"])
def test_undo_ends_the_leases_with_a_cooldown_whatever_its_outcome(ends: str) -> None:
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


def test_undo_of_a_verb_without_an_inverse_is_refused_with_the_reason() -> None:
    case = acted()

    def undo(*_: object) -> None:
        raise RefusedError("sqs.redrive has no inverse")

    put(case.actuator, "undo", undo)
    assert case.run("undo") == "refused"
    assert "no inverse" in case.facts(UndoRefused)[0].reason


def test_undo_order_from_before_the_refusal_is_not_retried() -> None:
    case = acted()
    case.order_undo()
    case.stop.throw("drill", "ann", START)
    assert case.run("undo") == "refused"
    case.stop.lift("over", "ann", START)

    assert case.run("undo") == "refused"
    assert len(case.actuator.writes) == 1


def test_fence_of_another_attempt_at_the_same_instant_is_not_own() -> None:
    case = acted()
    fence = case.ledger.fence

    def taken(execution: Execution) -> Execution | None:
        fence(execution.model_copy(update={"request_id": ""}))
        return fence(execution)

    put(case.ledger, "fence", taken)

    case.run("undo", new_id=lambda: "e" * 32)
    assert len(case.actuator.writes) == 1
