"""Each guard refuses alone; an approval lifts exactly those that it may lift."""

from datetime import timedelta
from typing import Literal

import pytest

from functions.executor.guards import GUARDS, ORDERED_UNDO_GUARDS, UNDO_GUARDS, Guard
from quorum.domain.events import ActionRefused
from quorum.ports.telemetry import AlarmStatus
from tests.builders.alarms import ACCOUNT
from tests.builders.executor import Case
from tests.fakes import START
from tests.unit.executor.troubles import TROUBLES, Trouble, redrive

PERSON_MAY = {
    "lease": False,
    "in_flight": True,
    "hourly_limit": True,
    "shadow": False,
    "approval_wanted": True,
    "irreversible": True,
    "flapping": True,
    "storm": True,
    "second_fault": True,
    "evidence_gaps": True,
    "concentrated": True,
    "target_unproven": True,
    "target_unhealthy": False,
    "deployment": False,
    "weighted_alias": True,
    "autoscaling": False,
    "below_floor": False,
    "security_release": True,
    "cause_remains": False,
    "alarm_without_data": True,
    "alarm_over": False,
    "memory_decides": True,
    "second_action": True,
    "answered": True,
    "taken_over": False,
    "stop_switch": False,
}
"""In the order in which they are read."""


def identify(trouble: Trouble) -> str:
    return trouble.guard


def test_every_guard_refuses_a_case_that_no_other_does() -> None:
    assert set(PERSON_MAY) == {trouble.guard for trouble in TROUBLES}


def test_guards_have_a_fixed_order_and_approval_lifts_only_the_listed() -> None:
    assert [(guard.name, guard.person_may) for guard in GUARDS] == list(PERSON_MAY.items())
    assert all(isinstance(guard, Guard) for guard in GUARDS)


def test_undo_checks_the_resources_state_and_a_persons_undo_also_the_lease() -> None:
    assert [guard.name for guard in UNDO_GUARDS] == ["taken_over", "deployment", "stop_switch"]
    assert [guard.name for guard in ORDERED_UNDO_GUARDS] == ["lease", "deployment", "stop_switch"]


@pytest.mark.parametrize("trouble", TROUBLES, ids=identify)
def test_guard_stops_an_autonomous_action_and_requests_approval_if_liftable(
    trouble: Trouble,
) -> None:
    case, person_may = trouble.make(), PERSON_MAY[trouble.guard]

    result = case.run()

    assert result == ("ask" if person_may else "refused")
    assert case.actuator.writes == []
    assert [kind for kind in case.order() if kind != "IncidentTakenOver"] == ["ActionRefused"]
    refused = case.facts(ActionRefused)[0]
    assert (refused.guard, refused.person_may) == (trouble.guard, person_may)
    assert case.run() == result, "a repeat answers otherwise"
    assert len(case.facts(ActionRefused)) == 1


@pytest.mark.parametrize("trouble", TROUBLES, ids=identify)
def test_approval_lifts_the_liftable_guards_only(
    trouble: Trouble,
) -> None:
    case, person_may = trouble.make(), PERSON_MAY[trouble.guard]
    case.run()

    result = case.run(approval=case.approve())

    assert result == ("acted" if person_may else "refused")
    assert len(case.actuator.writes) == (1 if person_may else 0)


@pytest.mark.parametrize("trouble", TROUBLES, ids=identify)
def test_refused_action_leaves_no_lease(trouble: Trouble) -> None:
    case = trouble.make()
    case.run()
    soon = case.clock.now + timedelta(hours=2)

    case.clock.advance(3601)  # whatever others held is over

    for key in (case.candidate.resource, f"account:{ACCOUNT}"):
        assert case.ledger.lease(key, "ef" * 16, soon) == "ef" * 16


def test_refusal_of_an_unproven_target_has_its_figures() -> None:
    unknown = Case(record=())
    better = next(t for t in TROUBLES[::-1] if t.guard == "target_unproven").make()

    assert (unknown.run(), better.run()) == ("ask", "ask")
    (refusal,) = unknown.facts(ActionRefused)
    assert "too few requests" in refusal.reason
    assert refusal.reason.endswith(": 0")
    (refusal,) = better.facts(ActionRefused)
    assert "3 of 40 requests" in refusal.reason
    assert "fewer than now" in refusal.reason


def test_missing_data_is_reported_as_seen_and_neither_as_over_nor_as_failing() -> None:
    """Customers stopped after the approval: the fix is held back, and a person may go on."""
    case = Case()
    case.alarms.put(AlarmStatus("shop-checkout-errors", "OK", START, without_data=True))

    assert case.run() == "ask"
    (refusal,) = case.facts(ActionRefused)
    assert f"is OK without data since {START:%H:%M:%S} UTC" in refusal.reason
    assert case.run(approval=case.approve()) == "acted"


def test_alarm_that_is_ok_by_its_data_is_over_with_or_without_an_approval() -> None:
    case = Case()
    case.alarms.put(AlarmStatus("shop-checkout-errors", "OK", START))

    assert case.run() == "refused"
    assert case.run(approval=case.approve()) == "refused"
    assert {refusal.guard for refusal in case.facts(ActionRefused)} == {"alarm_over"}


@pytest.mark.parametrize("state", ["ALARM", "INSUFFICIENT_DATA"])
def test_redrive_waits_for_the_alarm_to_be_ok_and_no_approval_lifts_that(
    state: Literal["ALARM", "INSUFFICIENT_DATA"],
) -> None:
    case = redrive(state)

    assert case.run(approval=case.approve()) == "refused"
    assert case.facts(ActionRefused)[0].guard == "alarm_over"
    assert "not OK yet" in case.facts(ActionRefused)[0].reason


def test_unliftable_guard_is_named_before_a_liftable_one() -> None:
    case = Case(mode="approve", opened={"flapping": True})
    case.stop.throw("drill", "ann", START)

    assert case.run() == "refused"
    assert case.facts(ActionRefused)[0].guard == "stop_switch"
