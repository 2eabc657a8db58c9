"""The sweep: undecided, never started, dead."""

import pytest

from quorum.domain.errors import (
    InvalidHistoryError,
    StoreUnavailableError,
)
from quorum.domain.messages import Waiting
from quorum.ports.workflow import ExecutionStatus
from tests.fakes.executions import InMemoryExecutions
from tests.unit.watchdog.kennel import INCIDENT, OTHER, Kennel


@pytest.fixture
def kennel() -> Kennel:
    return Kennel()


def test_an_incident_undecided_after_five_minutes_is_told_once(kennel: Kennel) -> None:
    assert kennel.sweep(299) == {}
    assert kennel.sweep(1) == {"undecided": 1}
    assert kennel.sweep(60) == {}

    assert kennel.told() == [(INCIDENT, "undecided")]
    assert [one.kind for one in kennel.queue.notices] == ["escalated"]
    assert kennel.barks() == ["undecided"]
    assert kennel.ends() == []


def test_a_decided_incident_is_left_alone(kennel: Kennel) -> None:
    kennel.decided()

    assert kennel.sweep(3600) == {}
    assert kennel.queue.notices == []


def test_a_closed_incident_is_left_alone(kennel: Kennel) -> None:
    kennel.close()
    kennel.executions.statuses[INCIDENT] = "failed"

    assert kennel.sweep(3600) == {}


def test_an_incident_of_the_day_before_yesterday_is_left_alone(kennel: Kennel) -> None:
    assert kennel.sweep(24 * 3600 + 1) == {}


def test_an_incident_that_was_never_started_is_started(kennel: Kennel) -> None:
    del kennel.executions.statuses[INCIDENT]

    assert kennel.sweep(59) == {}
    assert kennel.sweep(1) == {"execution_missing": 1}

    assert kennel.starter.started == [INCIDENT]
    assert kennel.barks() == ["execution_missing"]
    assert kennel.queue.notices == []


def test_a_start_that_fails_is_tried_at_the_next_sweep(kennel: Kennel) -> None:
    del kennel.executions.statuses[INCIDENT]
    kennel.starter.error = StoreUnavailableError("away")
    with pytest.raises(StoreUnavailableError):
        kennel.sweep(60)
    kennel.starter.error = None

    assert kennel.sweep(60) == {"execution_missing": 1}
    assert kennel.starter.started == [INCIDENT]


@pytest.mark.parametrize(
    ("status", "finding"),
    [
        ("failed", "execution_failed"),
        ("timed_out", "execution_timed_out"),
        ("aborted", "execution_aborted"),
        ("succeeded", "execution_failed"),
    ],
)
def test_an_open_incident_whose_execution_is_over_is_closed_and_told(
    kennel: Kennel, status: ExecutionStatus, finding: str
) -> None:
    kennel.executions.statuses[INCIDENT] = status

    assert kennel.sweep(10) == {finding: 1}
    assert kennel.sweep(60) == {}

    (closed,) = kennel.ends()
    assert (closed.outcome, closed.reason) == ("escalated", finding)
    assert kennel.operations.held() == {}
    assert len(kennel.queue.notices) == 1
    assert kennel.barks() == [finding]


def test_an_execution_that_ends_while_the_sweep_looks_is_no_finding(kennel: Kennel) -> None:
    class EndsMeanwhile:
        def status(self, incident_id: str) -> ExecutionStatus:
            assert incident_id == INCIDENT
            kennel.close()
            return "succeeded"

    kennel.executions = EndsMeanwhile()  # type: ignore[assignment]

    assert kennel.sweep(10) == {}
    assert kennel.queue.notices == []


def test_one_log_that_cannot_be_read_keeps_nobody_from_the_other_incidents(
    kennel: Kennel,
) -> None:
    kennel.clock.advance(1)
    kennel.opened(OTHER, "shop-other")

    class Unreadable(InMemoryExecutions):
        def status(self, incident_id: str) -> ExecutionStatus | None:
            if incident_id == OTHER:
                raise InvalidHistoryError("forged")
            return "running"

    kennel.executions = Unreadable()

    with pytest.raises(InvalidHistoryError):
        kennel.sweep(300)

    assert kennel.barks() == ["undecided"]


def test_two_sweeps_at_once_leave_one_fact(kennel: Kennel) -> None:
    send, inner = kennel.queue.put, list[dict[str, int]]()

    def send_while_another_sweeps(waiting: Waiting) -> None:
        if not inner:
            inner.append({})
            inner[0] = kennel.sweep()
        send(waiting)

    kennel.queue.put = send_while_another_sweeps  # type: ignore[method-assign]

    kennel.sweep(300)

    assert inner == [{"undecided": 1}]
    assert kennel.barks() == ["undecided"]
