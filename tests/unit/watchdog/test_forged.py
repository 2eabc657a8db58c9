"""Nothing that somebody wrote into the log keeps the watchdog quiet, or has it end anything."""

import pytest

from quorum.application.recorder import Recorder
from quorum.domain.errors import InvalidHistoryError
from quorum.domain.events import IncidentClosed, WatchdogAlerted
from tests.fakes import CountingIds, InMemoryEventStore
from tests.fakes.recording import add
from tests.unit.watchdog.kennel import INCIDENT, OTHER, Kennel


@pytest.fixture
def kennel() -> Kennel:
    return Kennel()


def forge_end(kennel: Kennel) -> None:
    add(kennel.recorder, INCIDENT, IncidentClosed, outcome="resolved", reason="recovered")


def test_a_forged_end_keeps_no_dead_pipeline_from_people(kennel: Kennel) -> None:
    forge_end(kennel)
    kennel.executions.statuses[INCIDENT] = "failed"

    assert kennel.sweep(10) == {"execution_failed": 1}

    assert kennel.asked == [(INCIDENT, "execution_failed")]
    assert kennel.told() == [(INCIDENT, "execution_failed")]
    assert kennel.sweep(60) == {}
    assert kennel.closings.find(INCIDENT) is not None


def test_a_forged_end_keeps_no_undecided_incident_from_people(kennel: Kennel) -> None:
    forge_end(kennel)

    assert kennel.sweep(300) == {"undecided": 1}


def test_a_forged_decision_keeps_no_undecided_incident_from_people(kennel: Kennel) -> None:
    kennel.decided(really=False)

    assert kennel.sweep(300) == {"undecided": 1}


def test_a_forged_bark_keeps_nothing_from_people(kennel: Kennel) -> None:
    add(kennel.recorder, INCIDENT, WatchdogAlerted, finding="undecided")

    assert kennel.sweep(300) == {"undecided": 1}
    assert kennel.sweep(60) == {}, "and yet they are told once"


def test_a_log_that_contradicts_itself_keeps_nothing_from_people(kennel: Kennel) -> None:
    (opened,) = kennel.store.load(INCIDENT)
    kennel.store.append(opened.model_copy(update={"version": 2, "event_id": "forged"}))

    assert kennel.sweep(300) == {"undecided": 1}
    assert kennel.told() == [(INCIDENT, "undecided")]


def test_an_opening_that_is_no_fact_keeps_nobody_from_the_other_incidents(
    kennel: Kennel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> list[object]:
        raise InvalidHistoryError("not a valid event for this version")

    monkeypatch.setattr(kennel.store, "opened_since", broken)

    with pytest.raises(InvalidHistoryError):
        kennel.sweep(300)

    assert kennel.told() == [(INCIDENT, "undecided")]


def test_an_incident_that_is_in_the_log_alone_is_told_and_not_started(kennel: Kennel) -> None:
    kennel.opened(OTHER, "shop-other", kept=False)

    assert kennel.sweep(300) == {"undecided": 2}
    assert kennel.starter.started == []


def test_an_incident_whose_log_is_still_empty_is_not_started(kennel: Kennel) -> None:
    kennel.store = InMemoryEventStore()
    kennel.recorder = Recorder(kennel.store, now=kennel.clock, new_id=CountingIds())
    kennel.executions.statuses.clear()

    assert kennel.sweep(60) == {}
    assert kennel.sweep(240) == {"undecided": 1}
    assert kennel.starter.started == []


def test_of_an_incident_of_before_the_log_counts(kennel: Kennel) -> None:
    kennel.opened(OTHER, "shop-other", kept=False)
    kennel.decided()
    add(kennel.recorder, OTHER, WatchdogAlerted, finding="undecided")

    assert kennel.sweep(300) == {}

    add(kennel.recorder, OTHER, IncidentClosed, outcome="resolved", reason="recovered")
    kennel.executions.statuses[OTHER] = "failed"
    assert kennel.sweep(60) == {}
