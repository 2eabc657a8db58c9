"""A failed, timed-out or aborted execution is closed, released and alerted, once."""

from typing import Any

import pytest

from functions.watchdog.request import failed_execution
from quorum.domain.errors import (
    InvalidInputError,
    SourceUnavailableError,
    StoreUnavailableError,
)
from quorum.ports.workflow import ExecutionStatus
from tests.builders.events import INCIDENT, OTHER
from tests.builders.watchdog import StalledIncidents

MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:quorum-prod-incident"


@pytest.fixture
def world() -> StalledIncidents:
    return StalledIncidents()


def event(status: str = "FAILED", **detail: Any) -> dict[str, Any]:
    """Return what EventBridge sends."""
    return {
        "source": "aws.states",
        "detail-type": "Step Functions Execution Status Change",
        "detail": {
            "executionArn": MACHINE.replace("stateMachine", "execution") + ":" + INCIDENT,
            "stateMachineArn": MACHINE,
            "name": INCIDENT,
            "status": status,
            "startDate": 1,
            **detail,
        },
    }


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_failed_execution_takes_failed_timed_out_and_aborted(status: str) -> None:
    assert failed_execution(event(status), MACHINE) == INCIDENT


@pytest.mark.parametrize("status", ["RUNNING", "SUCCEEDED"])
def test_failed_execution_ignores_running_and_succeeded(status: str) -> None:
    assert failed_execution(event(status), MACHINE) is None


def test_failed_execution_ignores_other_state_machines_and_names() -> None:
    assert failed_execution(event(stateMachineArn=MACHINE + "-other"), MACHINE) is None
    assert failed_execution(event(name="by-hand"), MACHINE) is None


def test_failed_execution_names_the_wrong_field() -> None:
    with pytest.raises(InvalidInputError, match="status"):
        failed_execution(event("DANCING"), MACHINE)


def test_failed_execution_is_closed_released_and_alerted(world: StalledIncidents) -> None:
    assert world.ended("timed_out") == ["execution_timed_out"]

    (closed,) = world.ends()
    assert (closed.outcome, closed.reason, closed.level) == (
        "escalated",
        "execution_timed_out",
        "senior_sre",
    )
    assert world.asked == [(INCIDENT, "execution_timed_out")], "closing alone closes"
    assert world.operations.held() == {}
    assert world.notified() == [(INCIDENT, "execution_timed_out")]


@pytest.mark.parametrize("status", ["running", "succeeded", None])
def test_failure_that_step_functions_does_not_confirm_changes_nothing(
    world: StalledIncidents, status: ExecutionStatus | None
) -> None:
    world.executions.statuses.clear()
    if status:
        world.executions.statuses[INCIDENT] = status

    assert world.watchdog().execution_ended(INCIDENT) == []

    assert world.asked == []
    assert world.queue.notices == []
    assert world.operations.held() != {}


def test_finding_is_the_status_in_step_functions(world: StalledIncidents) -> None:
    assert world.ended("aborted") == ["execution_aborted"]


def test_failure_reported_twice_is_alerted_once(world: StalledIncidents) -> None:
    world.ended("failed")
    world.ended("failed")

    assert len(world.queue.notices) == 1
    assert len(world.ends()) == 1
    assert world.alerts() == ["execution_failed"]


def test_failure_after_the_end_is_alerted_and_keeps_the_outcome(
    world: StalledIncidents,
) -> None:
    world.close()

    assert world.ended("failed") == ["execution_failed"]

    assert [closed.reason for closed in world.ends()] == ["decision"]
    assert len(world.queue.notices) == 1


def test_undecided_incident_that_fails_is_alerted_for_both(world: StalledIncidents) -> None:
    world.sweep(300)
    world.ended("failed")

    assert world.alerts() == ["undecided", "execution_failed"]
    assert len(world.queue.notices) == 2


def test_failed_execution_is_released_without_the_queue(world: StalledIncidents) -> None:
    world.queue.error = StoreUnavailableError("no queue")

    world.ended("failed")

    assert world.operations.held() == {}
    assert len(world.dead_letters.kept) == 1


def test_failed_execution_that_cannot_be_closed_is_alerted(world: StalledIncidents) -> None:
    world.unclosable = SourceUnavailableError("closing is away")

    with pytest.raises(SourceUnavailableError):
        world.ended("failed")

    assert world.notified() == [(INCIDENT, "execution_failed")]
    world.unclosable = None
    assert world.sweep(60) == {"execution_failed": 1}
    assert len(world.queue.notices) == 1
    assert world.operations.held() == {}


def test_failed_execution_without_an_incident_is_ignored(world: StalledIncidents) -> None:
    assert world.ended("failed", OTHER) == []
    assert world.store.load(OTHER) == []
    assert world.queue.notices == []
