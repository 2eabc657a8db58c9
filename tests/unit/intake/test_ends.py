"""Closed or older incidents never reopen and never swallow an alarm."""

import json
from collections.abc import Iterable
from dataclasses import replace

from functions.intake.open_keys import EndedIncidents, OpenKeys
from quorum.domain.events import (
    AlarmJoined,
)
from tests.builders.cloudwatch_events import metric_alarm
from tests.builders.intake import World
from tests.fakes.incident_books import InMemoryOpeningStore
from tests.fakes.operations import InMemoryOperations


def test_a_closed_incident_takes_no_new_alarm(world: World) -> None:
    world.take(metric_alarm())
    world.end(world.opened().incident_id)

    assert world.take(metric_alarm("shop-checkout-duration", at=60)) == "opened"
    assert len(world.incidents()) == 2


def test_a_closed_incident_takes_no_new_alarm_even_while_it_still_holds_the_key(
    world: World,
) -> None:
    world.take(metric_alarm())
    world.close_and_die(world.opened().incident_id)

    assert world.take(metric_alarm("shop-checkout-duration", at=60)) == "opened"
    _, second = world.incidents()
    assert world.operations.holder("lambda:checkout") == second[0].incident_id


def test_closing_event_without_a_stored_end_opens_no_second_incident(world: World) -> None:
    world.take(metric_alarm())
    world.close_in_the_log_alone(world.opened().incident_id)

    assert world.take(metric_alarm("shop-checkout-duration", at=60)) == "joined"


def test_incident_of_an_earlier_version_is_closed_by_its_log(world: World) -> None:
    world.take(metric_alarm())
    world.openings = InMemoryOpeningStore()
    world.close_in_the_log_alone(world.opened().incident_id)

    assert world.take(metric_alarm("shop-checkout-duration", at=60)) == "opened"


def test_incident_closed_between_claim_and_event_takes_no_alarm(
    world: World,
) -> None:
    world.take(metric_alarm())
    first = world.opened().incident_id

    class ClosesAfterTheClaim(OpenKeys):
        def claim(self, keys: Iterable[str], incident_id: str) -> str:
            holder = super().claim(keys, incident_id)
            if holder == first:
                world.close_and_die(first)
            return holder

    intake, claims = (
        world.intake(),
        ClosesAfterTheClaim(
            world.store,
            world.operations,
            EndedIncidents(world.openings, world.closings),
            world.clock,
        ),
    )
    intake = replace(intake, correlator=replace(intake.correlator, open_keys=claims))

    world.send(metric_alarm("shop-checkout-duration", at=1))
    verdict = intake.handle(json.dumps(metric_alarm("shop-checkout-duration", at=1))).verdict

    assert verdict == "opened"
    assert AlarmJoined not in {type(event) for event in world.store.load(first)}


def test_joined_transition_is_stored_past_the_incidents_end(world: World) -> None:
    world.take(metric_alarm())
    other = metric_alarm("shop-checkout-duration", at=5)
    world.take(other)
    world.end(world.opened().incident_id)

    assert world.take(other) == "repeat"
    assert world.take(metric_alarm()) == "repeat"
    assert len(world.incidents()) == 1
    assert world.operations.holder("lambda:checkout") is None


def test_transition_recorded_in_the_log_alone_is_recognised(world: World) -> None:
    world.take(metric_alarm())
    world.operations = InMemoryOperations(world.clock)

    assert world.take(metric_alarm()) == "repeat"
    assert len(world.incidents()[0]) == 1


def test_older_transition_never_replaces_a_newer_one(world: World) -> None:
    world.take(metric_alarm(at=60))
    world.end(world.opened().incident_id)

    assert world.take(metric_alarm(at=30)) == "older"
    assert world.take(metric_alarm(value="OK", at=45)) == "older"
    assert len(world.incidents()) == 1
