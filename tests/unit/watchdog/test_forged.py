"""Forged events silence no alert of the watchdog, and end no incident."""

import pytest

from quorum.application.recorder import Recorder
from quorum.domain.errors import InvalidHistoryError
from quorum.domain.events import IncidentClosed, WatchdogAlerted
from tests.builders.events import INCIDENT, OTHER, add
from tests.builders.watchdog import StalledIncidents
from tests.fakes import CountingIds, InMemoryEventStore


@pytest.fixture
def world() -> StalledIncidents:
    return StalledIncidents()


def forge_end(world: StalledIncidents) -> None:
    add(world.recorder, INCIDENT, IncidentClosed, outcome="resolved", reason="recovered")


def test_forged_end_does_not_hide_a_failed_execution(world: StalledIncidents) -> None:
    forge_end(world)
    world.executions.statuses[INCIDENT] = "failed"

    assert world.sweep(10) == {"execution_failed": 1}

    assert world.asked == [(INCIDENT, "execution_failed")]
    assert world.notified() == [(INCIDENT, "execution_failed")]
    assert world.sweep(60) == {}
    assert world.closings.find(INCIDENT) is not None


def test_forged_end_does_not_hide_an_undecided_incident(world: StalledIncidents) -> None:
    forge_end(world)

    assert world.sweep(300) == {"undecided": 1}


def test_forged_decision_does_not_hide_an_undecided_incident(world: StalledIncidents) -> None:
    world.decided(really=False)

    assert world.sweep(300) == {"undecided": 1}


def test_forged_alert_suppresses_no_real_one(world: StalledIncidents) -> None:
    add(world.recorder, INCIDENT, WatchdogAlerted, finding="undecided")

    assert world.sweep(300) == {"undecided": 1}
    assert world.sweep(60) == {}, "and yet they are notified once"


def test_inconsistent_log_suppresses_no_alert(world: StalledIncidents) -> None:
    (opened,) = world.store.load(INCIDENT)
    world.store.append(opened.model_copy(update={"version": 2, "event_id": "forged"}))

    assert world.sweep(300) == {"undecided": 1}
    assert world.notified() == [(INCIDENT, "undecided")]


def test_forged_opening_does_not_hide_other_incidents(
    world: StalledIncidents, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> list[object]:
        raise InvalidHistoryError("not a valid event for this version")

    monkeypatch.setattr(world.store, "opened_since", broken)

    with pytest.raises(InvalidHistoryError):
        world.sweep(300)

    assert world.notified() == [(INCIDENT, "undecided")]


def test_incident_in_the_log_alone_is_alerted_and_not_started(
    world: StalledIncidents,
) -> None:
    world.opened(OTHER, "shop-other", kept=False)

    assert world.sweep(300) == {"undecided": 2}
    assert world.starter.started == []


def test_incident_with_an_empty_log_is_not_started(world: StalledIncidents) -> None:
    world.store = InMemoryEventStore()
    world.recorder = Recorder(world.store, now=world.clock, new_id=CountingIds())
    world.executions.statuses.clear()

    assert world.sweep(60) == {}
    assert world.sweep(240) == {"undecided": 1}
    assert world.starter.started == []


def test_log_counts_for_an_incident_without_a_recorded_opening(world: StalledIncidents) -> None:
    world.opened(OTHER, "shop-other", kept=False)
    world.decided()
    add(world.recorder, OTHER, WatchdogAlerted, finding="undecided")

    assert world.sweep(300) == {}

    add(world.recorder, OTHER, IncidentClosed, outcome="resolved", reason="recovered")
    world.executions.statuses[OTHER] = "failed"
    assert world.sweep(60) == {}
