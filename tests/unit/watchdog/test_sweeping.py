"""The watchdog's sweep finds undecided, never started and failed incidents."""

import pytest

from quorum.domain.errors import (
    InvalidHistoryError,
    StoreUnavailableError,
)
from quorum.domain.messages import Waiting
from quorum.ports.workflow import ExecutionStatus
from tests.builders.events import INCIDENT, OTHER
from tests.builders.watchdog import StalledIncidents
from tests.fakes.executions import InMemoryExecutions


@pytest.fixture
def world() -> StalledIncidents:
    return StalledIncidents()


def test_sweep_alerts_once_about_an_incident_undecided_after_five_minutes(
    world: StalledIncidents,
) -> None:
    assert world.sweep(299) == {}
    assert world.sweep(1) == {"undecided": 1}
    assert world.sweep(60) == {}

    assert world.notified() == [(INCIDENT, "undecided")]
    assert [one.kind for one in world.queue.notices] == ["escalated"]
    assert world.alerts() == ["undecided"]
    assert world.ends() == []


def test_sweep_ignores_a_decided_incident(world: StalledIncidents) -> None:
    world.decided()

    assert world.sweep(3600) == {}
    assert world.queue.notices == []


def test_sweep_ignores_a_closed_incident(world: StalledIncidents) -> None:
    world.close()
    world.executions.statuses[INCIDENT] = "failed"

    assert world.sweep(3600) == {}


def test_sweep_ignores_an_incident_older_than_a_day(world: StalledIncidents) -> None:
    assert world.sweep(24 * 3600 + 1) == {}


def test_sweep_starts_an_incident_without_an_execution(world: StalledIncidents) -> None:
    del world.executions.statuses[INCIDENT]

    assert world.sweep(59) == {}
    assert world.sweep(1) == {"execution_missing": 1}

    assert world.starter.started == [INCIDENT]
    assert world.alerts() == ["execution_missing"]
    assert world.queue.notices == []


def test_sweep_retries_a_failed_start(world: StalledIncidents) -> None:
    del world.executions.statuses[INCIDENT]
    world.starter.error = StoreUnavailableError("away")
    with pytest.raises(StoreUnavailableError):
        world.sweep(60)
    world.starter.error = None

    assert world.sweep(60) == {"execution_missing": 1}
    assert world.starter.started == [INCIDENT]


@pytest.mark.parametrize(
    ("status", "finding"),
    [
        ("failed", "execution_failed"),
        ("timed_out", "execution_timed_out"),
        ("aborted", "execution_aborted"),
        ("succeeded", "execution_failed"),
    ],
)
def test_sweep_closes_an_open_incident_whose_execution_ended_and_alerts(
    world: StalledIncidents, status: ExecutionStatus, finding: str
) -> None:
    world.executions.statuses[INCIDENT] = status

    assert world.sweep(10) == {finding: 1}
    assert world.sweep(60) == {}

    (closed,) = world.ends()
    assert (closed.outcome, closed.reason) == ("escalated", finding)
    assert world.operations.held() == {}
    assert len(world.queue.notices) == 1
    assert world.alerts() == [finding]


def test_sweep_ignores_an_execution_that_ends_meanwhile(
    world: StalledIncidents,
) -> None:
    class EndsMeanwhile:
        def status(self, incident_id: str) -> ExecutionStatus:
            assert incident_id == INCIDENT
            world.close()
            return "succeeded"

    world.executions = EndsMeanwhile()  # type: ignore[assignment]

    assert world.sweep(10) == {}
    assert world.queue.notices == []


def test_sweep_goes_on_after_an_incident_that_cannot_be_checked(
    world: StalledIncidents,
) -> None:
    world.clock.advance(1)
    world.opened(OTHER, "shop-other")

    class Unreadable(InMemoryExecutions):
        def status(self, incident_id: str) -> ExecutionStatus | None:
            if incident_id == OTHER:
                raise InvalidHistoryError("forged")
            return "running"

    world.executions = Unreadable()

    with pytest.raises(InvalidHistoryError):
        world.sweep(300)

    assert world.alerts() == ["undecided"]


def test_concurrent_sweeps_leave_one_event(world: StalledIncidents) -> None:
    send, inner = world.queue.put, list[dict[str, int]]()

    def send_while_another_sweeps(waiting: Waiting) -> None:
        if not inner:
            inner.append({})
            inner[0] = world.sweep()
        send(waiting)

    world.queue.put = send_while_another_sweeps  # type: ignore[method-assign]

    world.sweep(300)

    assert inner == [{"undecided": 1}]
    assert world.alerts() == ["undecided"]
