"""Closed or older incidents never reopen and never swallow an alarm."""

import json
from collections.abc import Iterable
from dataclasses import replace

from functions.intake.open_keys import EndedIncidents, OpenKeys
from quorum.domain.events import (
    AlarmJoined,
)
from tests.fakes.incident_books import InMemoryOpeningStore
from tests.fakes.operations import InMemoryOperations
from tests.unit.intake.events import metric_alarm
from tests.unit.intake.world import World


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


def test_a_log_that_says_it_is_closed_makes_no_second_incident(world: World) -> None:
    world.take(metric_alarm())
    world.close_in_the_log_alone(world.opened().incident_id)

    assert world.take(metric_alarm("shop-checkout-duration", at=60)) == "joined"


def test_of_an_incident_of_before_the_log_tells_whether_it_is_closed(world: World) -> None:
    world.take(metric_alarm())
    world.openings = InMemoryOpeningStore()
    world.close_in_the_log_alone(world.opened().incident_id)

    assert world.take(metric_alarm("shop-checkout-duration", at=60)) == "opened"


def test_an_incident_that_closes_between_the_claim_and_the_fact_takes_no_alarm(
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
    assert AlarmJoined not in {type(fact) for fact in world.store.load(first)}


def test_a_transition_that_joined_is_remembered_past_the_incidents_end(world: World) -> None:
    world.take(metric_alarm())
    other = metric_alarm("shop-checkout-duration", at=5)
    world.take(other)
    world.end(world.opened().incident_id)

    assert world.take(other) == "repeat"
    assert world.take(metric_alarm()) == "repeat"
    assert len(world.incidents()) == 1
    assert world.operations.holder("lambda:checkout") is None


def test_the_log_alone_is_enough_to_know_a_transition(world: World) -> None:
    world.take(metric_alarm())
    world.operations = InMemoryOperations(world.clock)

    assert world.take(metric_alarm()) == "repeat"
    assert len(world.incidents()[0]) == 1


def test_an_older_transition_never_wins(world: World) -> None:
    world.take(metric_alarm(at=60))
    world.end(world.opened().incident_id)

    assert world.take(metric_alarm(at=30)) == "older"
    assert world.take(metric_alarm(value="OK", at=45)) == "older"
    assert len(world.incidents()) == 1
