"""One trouble per guard, and the means to make it."""

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Literal, NamedTuple

from functions.executor.ports import Hazards
from quorum.domain.approvals import Approval
from quorum.domain.evidence import Edge, Source, Spread, Vanished
from quorum.domain.incident_records import AlarmEnding
from quorum.ports.telemetry import AlarmStatus
from tests.builders.alarms import ACCOUNT, alarm
from tests.builders.candidates import REDRIVE, RESOURCE
from tests.builders.events import INCIDENT, OTHER
from tests.builders.evidence import ONSET, series
from tests.builders.executor import Case
from tests.builders.incidents import execution
from tests.fakes import START


class Trouble(NamedTuple):
    """One thing that is wrong, and the guard that must see it."""

    guard: str
    make: Callable[[], Case]


def with_(change: Callable[[Case], object]) -> Callable[[], Case]:
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
    at = case.clock.now.timestamp() - 60 * minutes
    fields = {"incident_id": f"{n:032x}", "resource": "lambda:other", "started_at": at}
    case.ledger.fence(execution(**{**fields, **changed}))


def acted_and_undone() -> Case:
    """Decide on round 2, after an action of round 1 was undone."""
    case = Case(round_=2)
    at = case.clock.now.timestamp() - 3600
    act = execution(action=REDRIVE.id, resource="lambda:other", started_at=at, ended_at=at)
    for fence in (act, act.model_copy(update={"operation": "undo"})):
        case.ledger.fence(fence)
    return case


def answered_in_another_round(case: Case) -> None:
    asked = Approval(
        approval_id="a" * 32, incident_id=INCIDENT, action=REDRIVE.id, expires_at=math.inf
    )
    case.approvals.ask(asked)
    case.approvals.answer("a" * 32, "granted", "ann")


def storm_now(case: Case) -> None:
    for n in range(4):
        case.put_opening(alarm(f"a{n}"), f"{n:032x}")


def ended_just_before(case: Case) -> None:
    at = case.clock.now.timestamp() - 1700
    case.closings.remember(AlarmEnding(alarm=alarm().arn, incident_id=OTHER, ended_at=at))


def hazard(**found: str) -> Callable[[], Case]:
    return with_(lambda case: setattr(case.actuator, "now", Hazards(**found)))


def redrive(
    state: Literal["OK", "ALARM", "INSUFFICIENT_DATA"] = "OK",
    alarmed: str = RESOURCE,
    **more: Any,
) -> Case:
    case = Case(chosen=REDRIVE, opened={"alarm": alarm(resources=(alarmed,))}, **more)
    case.alarms.put(AlarmStatus("shop-checkout-errors", state, START))
    return case


def still_failing() -> Case:
    """Return a redrive while what takes from the queue fails as before."""
    return redrive(
        record=(series("requests", 100), series("errors", 30)),
        bundled={"edges": (Edge(caller=RESOURCE, callee="sqs:orders"),)},
    )


ONE_CALLER = Spread(
    resource=RESOURCE,
    field="client_id",
    failing=100,
    most=95,
    callers_before=9,
    before=100,
    most_before=2,
)
GONE = (Vanished(resource="ssm:/shop/limit", last_seen=ONSET - 300),)
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
    Trouble("flapping", with_(ended_just_before)),
    Trouble("flapping", with_(lambda case: case.openings._openings.clear())),
    Trouble("storm", lambda: Case(opened={"storm": True})),
    Trouble("storm", with_(storm_now)),
    Trouble("cause_remains", still_failing),
    Trouble("alarm_over", lambda: redrive("ALARM")),
    Trouble("alarm_over", lambda: redrive("OK", "sqs:orders-dead")),
    Trouble("second_fault", lambda: Case(bundled={"second_fault": True})),
    Trouble("evidence_gaps", lambda: Case(bundled={"sources": GAPS})),
    Trouble("evidence_gaps", lambda: Case(bundled={"vanished": GONE})),
    Trouble("target_unproven", lambda: Case(record=())),
    Trouble(
        "target_unproven",
        lambda: Case(
            record=(
                series("requests", 40, version="3"),
                series("errors", 3, version="3"),
                series("requests", 100, version="4"),
                series("errors", 90, version="4"),
            )
        ),
    ),
    Trouble(
        "target_unhealthy",
        lambda: Case(
            record=(series("requests", 100, version="3"), series("errors", 30, version="3"))
        ),
    ),
    Trouble("concentrated", lambda: Case(bundled={"spread": (ONE_CALLER,)})),
    Trouble("below_floor", hazard(below_floor="3 is below quorum:no-rollback-below 4")),
    Trouble("security_release", hazard(security="3 is below quorum:security-release 4")),
    Trouble("memory_decides", lambda: Case(confidence_bp=7_200)),
    Trouble("second_action", acted_and_undone),
    Trouble("answered", with_(answered_in_another_round)),
    Trouble("deployment", hazard(deploying="an update is under way")),
    Trouble("deployment", with_(lambda case: setattr(case.shelf, "deploying", "stack shop"))),
    Trouble("weighted_alias", hazard(weighted="5 % go to version 5")),
    Trouble("autoscaling", hazard(autoscaled="autoscaling owns it")),
    Trouble(
        "alarm_over",
        with_(lambda case: case.alarms.put(AlarmStatus("shop-checkout-errors", "OK", START))),
    ),
    Trouble(
        "alarm_without_data",
        with_(
            lambda case: case.alarms.put(
                AlarmStatus("shop-checkout-errors", "INSUFFICIENT_DATA", START)
            )
        ),
    ),
    Trouble(
        "alarm_without_data",
        with_(
            lambda case: case.alarms.put(
                AlarmStatus("shop-checkout-errors", "OK", START, without_data=True)
            )
        ),
    ),
    Trouble("alarm_over", with_(lambda case: case.alarms.alarms.clear())),
    Trouble("taken_over", with_(lambda case: case.put_take_over())),
    Trouble("stop_switch", with_(lambda case: case.stop.throw("drill", "ann", START))),
)
