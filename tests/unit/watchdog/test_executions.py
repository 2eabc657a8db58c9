"""An execution that failed, ran out of time or was aborted: closed, released, told, once."""

from typing import Any

import pytest

from functions.watchdog.request import death
from quorum.domain.errors import (
    InvalidInputError,
    SourceUnavailableError,
    StoreUnavailableError,
)
from quorum.ports.workflow import ExecutionStatus
from tests.unit.watchdog.kennel import INCIDENT, OTHER, Kennel

MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:quorum-prod-incident"


@pytest.fixture
def kennel() -> Kennel:
    return Kennel()


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
def test_an_end_that_is_not_a_good_one_is_a_death(status: str) -> None:
    assert death(event(status), MACHINE) == INCIDENT


@pytest.mark.parametrize("status", ["RUNNING", "SUCCEEDED"])
def test_running_and_succeeding_are_not(status: str) -> None:
    assert death(event(status), MACHINE) is None


def test_other_machines_and_other_names_are_not_ours() -> None:
    assert death(event(stateMachineArn=MACHINE + "-other"), MACHINE) is None
    assert death(event(name="by-hand"), MACHINE) is None


def test_an_event_that_is_no_status_change_names_the_field() -> None:
    with pytest.raises(InvalidInputError, match="status"):
        death(event("DANCING"), MACHINE)


def test_a_death_closes_the_incident_releases_its_keys_and_is_told(kennel: Kennel) -> None:
    assert kennel.ended("timed_out") == ["execution_timed_out"]

    (closed,) = kennel.ends()
    assert (closed.outcome, closed.reason, closed.level) == (
        "escalated",
        "execution_timed_out",
        "senior_sre",
    )
    assert kennel.asked == [(INCIDENT, "execution_timed_out")], "closing alone closes"
    assert kennel.operations.held() == {}
    assert kennel.told() == [(INCIDENT, "execution_timed_out")]


@pytest.mark.parametrize("status", ["running", "succeeded", None])
def test_a_death_that_step_functions_does_not_confirm_changes_nothing(
    kennel: Kennel, status: ExecutionStatus | None
) -> None:
    kennel.executions.statuses.clear()
    if status:
        kennel.executions.statuses[INCIDENT] = status

    assert kennel.watchdog().execution_ended(INCIDENT) == []

    assert kennel.asked == []
    assert kennel.queue.notices == []
    assert kennel.operations.held() != {}


def test_how_it_died_is_what_step_functions_says(kennel: Kennel) -> None:
    assert kennel.ended("aborted") == ["execution_aborted"]


def test_a_death_that_is_reported_twice_is_told_once(kennel: Kennel) -> None:
    kennel.ended("failed")
    kennel.ended("failed")

    assert len(kennel.queue.notices) == 1
    assert len(kennel.ends()) == 1
    assert kennel.barks() == ["execution_failed"]


def test_a_pipeline_that_dies_after_the_end_is_told_and_keeps_the_outcome(kennel: Kennel) -> None:
    kennel.close()

    assert kennel.ended("failed") == ["execution_failed"]

    assert [closed.reason for closed in kennel.ends()] == ["decision"]
    assert len(kennel.queue.notices) == 1


def test_an_undecided_incident_that_dies_is_told_of_both(kennel: Kennel) -> None:
    kennel.sweep(300)
    kennel.ended("failed")

    assert kennel.barks() == ["undecided", "execution_failed"]
    assert len(kennel.queue.notices) == 2


def test_a_channel_that_is_down_does_not_keep_the_keys(kennel: Kennel) -> None:
    kennel.queue.error = StoreUnavailableError("no queue")

    kennel.ended("failed")

    assert kennel.operations.held() == {}
    assert len(kennel.dead_letters.kept) == 1


def test_people_are_told_of_a_death_that_cannot_be_closed(kennel: Kennel) -> None:
    kennel.unclosable = SourceUnavailableError("closing is away")

    with pytest.raises(SourceUnavailableError):
        kennel.ended("failed")

    assert kennel.told() == [(INCIDENT, "execution_failed")]
    kennel.unclosable = None
    assert kennel.sweep(60) == {"execution_failed": 1}
    assert len(kennel.queue.notices) == 1
    assert kennel.operations.held() == {}


def test_an_execution_without_an_incident_is_nobodys(kennel: Kennel) -> None:
    assert kennel.ended("failed", OTHER) == []
    assert kennel.store.load(OTHER) == []
    assert kennel.queue.notices == []
