"""The opening of an incident, and its first event."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from quorum.domain.errors import SourceUnavailableError
from quorum.domain.events import (
    IncidentOpened,
)
from quorum.domain.topology import ServiceMap
from quorum.ports.telemetry import AlarmDescription
from tests.builders.cloudwatch_events import composite_alarm, metric_alarm
from tests.builders.intake import World
from tests.fakes.alarm_store import InMemoryAlarmDescriptions
from tests.fakes.channels import InMemoryExecutionStarter


def test_a_new_alarm_opens_an_incident_and_starts_it(world: World) -> None:
    assert world.take(metric_alarm()) == "opened"

    opened = world.opened()
    assert opened.alarm.resources == ("lambda:checkout",)
    assert (opened.flapping, opened.storm) == (False, False)
    assert world.started() == [opened.incident_id]


def test_repeated_delivery_finds_its_incident_and_starts_it_again(world: World) -> None:
    world.take(metric_alarm())
    world.starter = InMemoryExecutionStarter()

    assert world.take(metric_alarm()) == "repeat"
    assert world.started() == [world.opened().incident_id]


@pytest.mark.parametrize(("minutes", "flapping"), [(1, True), (29, True), (31, False)])
def test_reopening_within_thirty_minutes_is_flapping(
    world: World, minutes: int, *, flapping: bool
) -> None:
    world.take(metric_alarm())
    world.end(world.opened().incident_id)
    world.clock.advance(minutes * 60)

    world.take(metric_alarm(at=minutes * 60))

    _, (second, *_) = world.incidents()
    assert isinstance(second, IncidentOpened)
    assert second.flapping is flapping


def test_another_alarm_of_the_same_resource_is_not_flapping(world: World) -> None:
    world.take(metric_alarm())
    world.end(world.opened().incident_id)

    world.take(metric_alarm("shop-checkout-duration", at=60))

    _, (second, *_) = world.incidents()
    assert isinstance(second, IncidentOpened)
    assert second.flapping is False


def test_the_fifth_incident_within_ten_minutes_is_a_storm(world: World) -> None:
    for n in range(5):
        world.take(metric_alarm(f"shop-{n}", function=f"f{n}", at=n))

    storms = [
        events[0].storm for events in world.incidents() if isinstance(events[0], IncidentOpened)
    ]
    assert storms == [False, False, False, False, True]


def test_five_incidents_over_more_than_ten_minutes_are_no_storm(world: World) -> None:
    for n in range(8):
        world.take(metric_alarm(f"shop-{n}", function=f"f{n}", at=n * 200))
        world.clock.advance(200)

    assert not any(
        events[0].storm for events in world.incidents() if isinstance(events[0], IncidentOpened)
    )


def test_an_alarm_without_a_resource_is_opened_for_a_person(world: World) -> None:
    event = metric_alarm()
    event["detail"]["configuration"]["metrics"] = []

    assert world.take(event) == "opened"
    assert world.opened().alarm.resources == ()
    assert world.started() == [world.opened().incident_id]


def test_an_alarm_without_a_resource_that_fires_again_joins_its_own_incident(world: World) -> None:
    for at, verdict in ((0, "opened"), (60, "joined")):
        event = metric_alarm(at=at)
        event["detail"]["configuration"]["metrics"] = []
        assert world.take(event) == verdict


def test_incident_keeps_its_alarms_evaluation(world: World) -> None:
    world.send(metric_alarm())
    known = world.alarms.known["shop-checkout-errors"]
    world.alarms.known["shop-checkout-errors"] = known._replace(evaluation_periods=4)

    world.forge(metric_alarm())

    assert world.opened().alarm.evaluation_periods == 4


def test_unreadable_service_map_rejects_no_alarm(world: World) -> None:
    world.topology.error = SourceUnavailableError("down")

    assert world.take(metric_alarm()) == "opened"
    assert world.counted["TopologyUnavailable"] >= 1


def test_unreadable_children_reject_no_composite(world: World) -> None:
    world.send(composite_alarm())
    book = world.alarms

    class Once(InMemoryAlarmDescriptions):
        def describe(self, names: Sequence[str]) -> Mapping[str, AlarmDescription]:
            if "shop-payment-errors" in names:
                raise SourceUnavailableError("down")
            return book.describe(names)

    world.alarms = Once()

    assert world.forge(composite_alarm()) == "opened"
    assert world.counted["AlarmDefinitionsUnavailable"] == 1
    assert world.opened().alarm.resources == ()


def test_service_map_is_read_once_a_minute(world: World) -> None:
    intake, reads = world.intake(), list[int]()

    def read() -> ServiceMap:
        reads.append(1)
        return world.topology.map

    world.topology.service_map = read  # type: ignore[method-assign]

    world.send(*(metric_alarm(f"shop-{at}", function=f"f{at}", at=at) for at in (0, 1, 2)))
    for at in (0, 1, 2):
        intake.handle(json.dumps(metric_alarm(f"shop-{at}", function=f"f{at}", at=at)))
    world.clock.now += timedelta(seconds=61)
    world.send(metric_alarm("shop-late", function="late", at=61))
    intake.handle(json.dumps(metric_alarm("shop-late", function="late", at=61)))

    assert len(reads) == 2
