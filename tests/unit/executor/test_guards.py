"""Each guard alone says no; a person lifts those that a person may lift, and no other."""

from datetime import timedelta

import pytest

from functions.executor.guards import GUARDS, Guard
from functions.shared.domain.events import ActionRefused
from tests.fakes import START
from tests.unit.executor.cases import Case
from tests.unit.executor.evidence import ACCOUNT
from tests.unit.executor.troubles import TROUBLES, Trouble

ROWS = {guard.name: guard for guard in GUARDS}


def identify(trouble: Trouble) -> str:
    return trouble.guard


def test_every_guard_has_a_trouble_that_only_it_sees() -> None:
    assert set(ROWS) == {trouble.guard for trouble in TROUBLES}
    assert len(ROWS) == len(GUARDS)


@pytest.mark.parametrize("trouble", TROUBLES, ids=identify)
def test_a_guard_stops_an_autonomous_action_and_asks_where_a_person_may_lift_it(
    trouble: Trouble,
) -> None:
    case, guard = trouble.make(), ROWS[trouble.guard]

    result = case.run()

    assert result == ("ask" if guard.person_may else "refused")
    assert case.actuator.writes == []
    assert [kind for kind in case.order() if kind != "IncidentTakenOver"] == ["ActionRefused"]
    refused = case.facts(ActionRefused)[0]
    assert (refused.guard, refused.person_may) == (guard.name, guard.person_may)
    assert case.run() == result, "a repeat answers otherwise"
    assert len(case.facts(ActionRefused)) == 1


@pytest.mark.parametrize("trouble", TROUBLES, ids=identify)
def test_an_approval_lifts_the_guards_that_a_person_may_lift_and_no_other(
    trouble: Trouble,
) -> None:
    case, guard = trouble.make(), ROWS[trouble.guard]
    case.run()

    result = case.run(approval=case.approve())

    assert result == ("acted" if guard.person_may else "refused")
    assert len(case.actuator.writes) == (1 if guard.person_may else 0)


@pytest.mark.parametrize("trouble", TROUBLES, ids=identify)
def test_a_refused_action_leaves_no_lease_of_its_own(trouble: Trouble) -> None:
    case = trouble.make()
    case.run()
    soon = case.clock.now + timedelta(hours=2)

    case.clock.advance(3601)  # whatever others held is over

    for key in (case.candidate.resource, f"account:{ACCOUNT}"):
        assert case.ledger.lease(key, "ef" * 16, soon) == "ef" * 16


def test_a_guard_that_nobody_may_lift_is_named_before_one_that_a_person_may() -> None:
    case = Case(mode="approve", opened={"flapping": True})
    case.stop.throw("drill", "ann", START)

    assert case.run() == "refused"
    assert case.facts(ActionRefused)[0].guard == "stop_switch"


def test_the_stop_switch_is_read_last() -> None:
    assert GUARDS[-1].name == "stop_switch"
    assert all(isinstance(guard, Guard) for guard in GUARDS)
