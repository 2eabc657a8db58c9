"""Each guard alone says no; a person lifts those that a person may lift, and no other."""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import pytest

from functions.executor.guards import GUARDS, Guard
from functions.executor.ports import Hazards
from functions.shared.domain.errors import SourceUnavailableError, StoreUnavailableError
from functions.shared.domain.events import ActionRefused, IncidentOpened
from functions.shared.domain.evidence import Source
from functions.shared.ports import AlarmStatus, Execution
from tests.fakes import START
from tests.unit.executor.cases import ACCOUNT, OTHER, RESOURCE, Case, alarm, candidate, put, series


class Trouble(NamedTuple):
    """One thing that is wrong, and the guard that must see it."""

    guard: str
    make: Callable[[], Case]


def with_(change: Callable[[Case], None]) -> Callable[[], Case]:
    def make() -> Case:
        case = Case()
        change(case)
        return case

    return make


def leased_by_another(case: Case) -> None:
    case.ledger.lease(RESOURCE, OTHER, case.clock.now + timedelta(hours=1))


def cooling_down(case: Case) -> None:
    leased_by_another(case)
    case.ledger.release(RESOURCE, OTHER, case.clock.now + timedelta(minutes=5))


def another_in_flight(case: Case) -> None:
    case.ledger.lease(f"account:{ACCOUNT}", OTHER, case.clock.now + timedelta(hours=1))


def three_this_hour(case: Case) -> None:
    for n in range(3):
        effect(case, n, minutes=59)


def effect(case: Case, n: int, *, minutes: float, **changed: object) -> None:
    fields = {
        "incident_id": f"{n:032x}",
        "operation": "act",
        "action": "a",
        "resource": "lambda:other",
        "started_at": case.clock.now.timestamp() - 60 * minutes,
        "state": "done",
    }
    case.ledger.fence(Execution.model_validate({**fields, **changed}))


def storm_now(case: Case) -> None:
    for n in range(4):
        case.recorder.add(f"{n:032x}", IncidentOpened, alarm=alarm(f"a{n}"), flapping=False)


def hazard(**found: str) -> Callable[[], Case]:
    return with_(lambda case: setattr(case.actuator, "now", Hazards(**found)))


def redrive() -> Case:
    chosen = candidate(
        "sqs.redrive",
        "sqs:orders",
        parameters={"queue": "orders", "dead_letter_queue": "orders-dead"},
        observed={},
    )
    return Case(chosen=chosen)


GAPS = tuple(Source(name=name, status="failed") for name in ("logs", "metrics"))
TROUBLES = (
    Trouble("lease", with_(leased_by_another)),
    Trouble("lease", with_(cooling_down)),
    Trouble("in_flight", with_(another_in_flight)),
    Trouble("hourly_limit", with_(three_this_hour)),
    Trouble("shadow", lambda: Case(mode="shadow")),
    Trouble("shadow", with_(lambda case: setattr(case, "rules", ()))),
    Trouble("approval_wanted", lambda: Case(mode="approve")),
    Trouble("irreversible", redrive),
    Trouble("flapping", lambda: Case(opened={"flapping": True})),
    Trouble("storm", lambda: Case(opened={"storm": True})),
    Trouble("storm", with_(storm_now)),
    Trouble("second_fault", lambda: Case(frozen={"second_fault": True})),
    Trouble("evidence_gaps", lambda: Case(frozen={"sources": GAPS})),
    Trouble("target_unproven", lambda: Case(record=())),
    Trouble(
        "target_unhealthy",
        lambda: Case(
            record=(series("requests", 100, version="3"), series("errors", 30, version="3"))
        ),
    ),
    Trouble("deployment", hazard(deploying="an update is under way")),
    Trouble("deployment", with_(lambda case: setattr(case.shelf, "deploying", "stack shop"))),
    Trouble("weighted_alias", hazard(weighted="5 % go to version 5")),
    Trouble("autoscaling", hazard(autoscaled="autoscaling owns it")),
    Trouble(
        "alarm_over",
        with_(lambda case: case.alarms.put(AlarmStatus("checkout-errors", "OK", START))),
    ),
    Trouble(
        "alarm_over",
        with_(
            lambda case: case.alarms.put(AlarmStatus("checkout-errors", "INSUFFICIENT_DATA", START))
        ),
    ),
    Trouble("alarm_over", with_(lambda case: case.alarms.alarms.clear())),
    Trouble("stop_switch", with_(lambda case: case.operations.set_stopped("drill", "ann"))),
)
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
    assert case.order() == ["ActionRefused"]
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
    case.operations.set_stopped("drill", "ann")

    assert case.run() == "refused"
    assert case.facts(ActionRefused)[0].guard == "stop_switch"


def broken_operations(case: Case) -> None:
    case.operations.error = StoreUnavailableError("no answer")


def broken_alarms(case: Case) -> None:
    case.alarms.error = SourceUnavailableError("no answer")


def broken_bundle(case: Case) -> None:
    case.evidence.objects.clear()


def broken(method: str) -> Callable[[Case], None]:
    def change(case: Case) -> None:
        def fail(*_: object) -> None:
            raise SourceUnavailableError("no answer")

        owner = case.actuator if method == "hazards" else case.shelf
        setattr(owner, method, fail)

    return change


@pytest.mark.parametrize(
    ("change", "guard"),
    [
        (broken_operations, "stop_switch"),
        (broken_alarms, "alarm_over"),
        (broken_bundle, "target_unhealthy"),
        (broken("hazards"), "deployment"),
        (broken("running"), "deployment"),
    ],
)
def test_a_guard_that_cannot_look_is_closed(change: Callable[[Case], None], guard: str) -> None:
    case = Case()
    change(case)

    assert case.run() == "refused"
    refused = case.facts(ActionRefused)[0]
    assert refused.guard == guard
    assert "cannot be told" in refused.reason
    assert case.actuator.writes == []


def test_what_cannot_be_read_is_not_asked_for_again_by_the_next_guard() -> None:
    case, asked = Case(), []

    def fail(*_: object) -> None:
        asked.append(1)
        raise SourceUnavailableError("no answer")

    put(case.actuator, "hazards", fail)

    assert case.run() == "refused"
    assert len(asked) == 1


def test_tampered_evidence_closes_the_guards_that_read_it() -> None:
    case = Case()
    key = next(iter(case.evidence.objects))
    case.evidence.objects[key] = case.evidence.objects[key].replace(b"errors", b"faults")

    assert case.run() == "refused"


@pytest.mark.parametrize(
    ("minutes", "changed"),
    [(61, {}), (10, {"operation": "undo"}), (10, {"state": "failed"})],
    ids=["older", "undo", "failed"],
)
def test_what_is_no_recent_effect_is_not_counted(minutes: int, changed: dict[str, object]) -> None:
    case = Case()
    effect(case, 1, minutes=1)
    effect(case, 2, minutes=2)
    effect(case, 3, minutes=minutes, **changed)

    assert case.run() == "acted"


def test_four_incidents_in_ten_minutes_are_no_storm() -> None:
    case = Case()
    for n in range(3):
        case.recorder.add(f"{n:032x}", IncidentOpened, alarm=alarm(f"a{n}"), flapping=False)

    assert case.run() == "acted"


def test_an_approved_action_holds_the_account_as_well() -> None:
    case = Case(mode="approve")
    assert case.run(approval=case.approve()) == "acted"

    later = case.clock.now + timedelta(hours=1)
    assert case.ledger.lease(f"account:{ACCOUNT}", OTHER, later) != OTHER


def test_the_stop_switch_is_read_last() -> None:
    assert GUARDS[-1].name == "stop_switch"
    assert all(isinstance(guard, Guard) for guard in GUARDS)
