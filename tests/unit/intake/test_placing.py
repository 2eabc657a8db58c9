"""Which incident an alarm ends up in."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from functions.intake.claims import Claims
from functions.shared.domain.errors import SourceUnavailableError
from functions.shared.domain.events import (
    AlarmJoined,
    AlarmRecovered,
    IncidentClosed,
    IncidentOpened,
)
from functions.shared.domain.incident import replay
from functions.shared.domain.topology import Service, ServiceMap
from functions.shared.ending import close
from functions.shared.ports import AlarmDefinition, WatchedMetric
from functions.shared.recording import Recorder
from tests.fakes.channels import InMemoryExecutionStarter
from tests.unit.intake.events import arn, composite_alarm, function_errors, metric_alarm
from tests.unit.intake.world import World


@pytest.fixture
def world() -> World:
    return World()


def end(world: World, incident_id: str) -> None:
    recorder = Recorder(world.store, now=world.clock, new_id=world.ids)
    close(recorder, world.operations, incident_id, "escalated", "test")


def close_in_the_log_alone(world: World, incident_id: str) -> None:
    recorder = Recorder(world.store, now=world.clock, new_id=world.ids)
    recorder.record_once(incident_id, IncidentClosed, outcome="escalated", reason="test")


def started(world: World) -> list[str]:
    assert isinstance(world.starter, InMemoryExecutionStarter)
    return world.starter.started


def chain(*functions: str) -> ServiceMap:
    """Return a map in which each function depends on the next."""
    names = [f"lambda:{name}" for name in functions]
    return ServiceMap(
        services=tuple(
            Service(resource=caller, depends_on=(callee,)) for caller, callee in pairwise(names)
        )
    )


def test_a_new_alarm_opens_an_incident_and_starts_it(world: World) -> None:
    assert world.take(metric_alarm()) == "opened"

    opened = world.opened()
    assert opened.alarm.resources == ("lambda:checkout",)
    assert (opened.flapping, opened.storm) == (False, False)
    assert started(world) == [opened.incident_id]


def test_a_repeated_delivery_comes_to_the_same_incident_and_starts_it_again(world: World) -> None:
    world.take(metric_alarm())
    world.starter = InMemoryExecutionStarter()

    assert world.take(metric_alarm()) == "repeat"
    assert started(world) == [world.opened().incident_id]


def test_an_alarm_on_the_same_resource_joins_once(world: World) -> None:
    world.take(metric_alarm())
    other = metric_alarm("shop-checkout-duration", at=5)

    assert world.take(other) == "joined"
    assert world.take(other) == "repeat"
    ((_, *rest),) = world.incidents()
    assert [type(fact) for fact in rest] == [AlarmJoined]


def test_an_alarm_on_a_neighbour_joins_and_holds_its_own_resource_too(world: World) -> None:
    world.topology.map = chain("checkout", "payment", "ledger", "audit")
    world.take(metric_alarm())

    assert world.take(metric_alarm("shop-payment", function="payment", at=1)) == "joined"
    assert world.operations.holder("lambda:payment") == world.opened().incident_id
    assert world.take(metric_alarm("shop-ledger", function="ledger", at=2)) == "joined"


def test_an_alarm_two_steps_away_is_not_related(world: World) -> None:
    world.topology.map = chain("checkout", "payment", "ledger")
    world.take(metric_alarm())

    assert world.take(metric_alarm("shop-ledger", function="ledger", at=1)) == "opened"


def test_a_neighbour_joins_only_within_the_window(world: World) -> None:
    world.topology.map = chain("checkout", "payment")
    world.take(metric_alarm())
    world.clock.advance(601)

    assert world.take(metric_alarm("shop-payment", function="payment", at=601)) == "opened"


def test_the_same_resource_joins_as_long_as_the_incident_is_open(world: World) -> None:
    world.take(metric_alarm())
    world.clock.advance(7200)

    assert world.take(metric_alarm("shop-checkout-duration", at=7200)) == "joined"


def test_a_closed_incident_takes_no_new_alarm(world: World) -> None:
    world.take(metric_alarm())
    end(world, world.opened().incident_id)

    assert world.take(metric_alarm("shop-checkout-duration", at=60)) == "opened"
    assert len(world.incidents()) == 2


def test_a_closed_incident_takes_no_new_alarm_even_while_it_still_holds_the_key(
    world: World,
) -> None:
    world.take(metric_alarm())
    close_in_the_log_alone(world, world.opened().incident_id)

    assert world.take(metric_alarm("shop-checkout-duration", at=60)) == "opened"
    _, second = world.incidents()
    assert world.operations.holder("lambda:checkout") == second[0].incident_id


def test_an_incident_that_closes_between_the_claim_and_the_fact_takes_no_alarm(
    world: World,
) -> None:
    world.take(metric_alarm())
    first = world.opened().incident_id

    class ClosesAfterTheClaim(Claims):
        def claim(self, keys: Iterable[str], incident_id: str) -> str:
            holder = super().claim(keys, incident_id)
            if holder == first:
                close_in_the_log_alone(world, first)
            return holder

    intake, claims = world.intake(), ClosesAfterTheClaim(world.store, world.operations, world.clock)
    intake = replace(intake, placing=replace(intake.placing, claims=claims))

    verdict = intake.take(json.dumps(metric_alarm("shop-checkout-duration", at=1)))

    assert verdict == "opened"
    assert AlarmJoined not in {type(fact) for fact in world.store.load(first)}


def test_a_transition_that_joined_is_remembered_past_the_incidents_end(world: World) -> None:
    world.take(metric_alarm())
    other = metric_alarm("shop-checkout-duration", at=5)
    world.take(other)
    end(world, world.opened().incident_id)

    assert world.take(other) == "repeat"
    assert world.take(metric_alarm()) == "repeat"
    assert len(world.incidents()) == 1


def test_an_older_transition_never_wins(world: World) -> None:
    world.take(metric_alarm(at=60))
    end(world, world.opened().incident_id)

    assert world.take(metric_alarm(at=30)) == "older"
    assert world.take(metric_alarm(value="OK", at=45)) == "older"
    assert len(world.incidents()) == 1


def test_a_recovery_is_attached_to_the_open_incident_once(world: World) -> None:
    world.take(metric_alarm())

    assert world.take(metric_alarm(value="OK", at=60)) == "recovered"
    assert world.take(metric_alarm(value="OK", at=60)) == "repeat"
    ((_, *rest),) = world.incidents()
    assert [type(fact) for fact in rest] == [AlarmRecovered]


def test_the_recovery_of_a_joined_alarm_is_attached_too(world: World) -> None:
    world.take(metric_alarm())
    world.take(metric_alarm("shop-checkout-duration", at=5))

    assert world.take(metric_alarm("shop-checkout-duration", value="OK", at=60)) == "recovered"
    assert replay(world.incidents()[0]).recovered[0].alarm_name == "shop-checkout-duration"


def test_a_recovery_without_an_open_incident_is_counted_and_nothing_else(world: World) -> None:
    assert world.take(metric_alarm(value="OK")) == "stray_recovery"
    world.take(metric_alarm(at=10))
    end(world, world.opened().incident_id)

    assert world.take(metric_alarm(value="OK", at=60)) == "stray_recovery"
    assert len(world.incidents()) == 1


def test_an_alarm_that_fires_again_joins_its_own_open_incident(world: World) -> None:
    world.take(metric_alarm())
    world.take(metric_alarm(value="OK", at=60))

    assert world.take(metric_alarm(at=120)) == "joined"


@pytest.mark.parametrize(("minutes", "flapping"), [(1, True), (29, True), (31, False)])
def test_reopening_within_thirty_minutes_is_flapping(
    world: World, minutes: int, *, flapping: bool
) -> None:
    world.take(metric_alarm())
    end(world, world.opened().incident_id)
    world.clock.advance(minutes * 60)

    world.take(metric_alarm(at=minutes * 60))

    _, (second, *_) = world.incidents()
    assert isinstance(second, IncidentOpened)
    assert second.flapping is flapping


def test_another_alarm_of_the_same_resource_is_not_flapping(world: World) -> None:
    world.take(metric_alarm())
    end(world, world.opened().incident_id)

    world.take(metric_alarm("shop-checkout-duration", at=60))

    _, (second, *_) = world.incidents()
    assert isinstance(second, IncidentOpened)
    assert second.flapping is False


def test_the_fifth_incident_within_ten_minutes_is_a_storm(world: World) -> None:
    for n in range(5):
        world.take(metric_alarm(f"shop-{n}", function=f"f{n}", at=n))

    storms = [facts[0].storm for facts in world.incidents() if isinstance(facts[0], IncidentOpened)]
    assert storms == [False, False, False, False, True]


def test_five_incidents_over_more_than_ten_minutes_are_no_storm(world: World) -> None:
    for n in range(8):
        world.take(metric_alarm(f"shop-{n}", function=f"f{n}", at=n * 200))
        world.clock.advance(200)

    assert not any(
        facts[0].storm for facts in world.incidents() if isinstance(facts[0], IncidentOpened)
    )


def test_an_alarm_without_a_resource_is_opened_for_a_person(world: World) -> None:
    event = metric_alarm()
    event["detail"]["configuration"]["metrics"] = []

    assert world.take(event) == "opened"
    assert world.opened().alarm.resources == ()
    assert started(world) == [world.opened().incident_id]


def test_an_alarm_without_a_resource_that_fires_again_joins_its_own_incident(world: World) -> None:
    for at, verdict in ((0, "opened"), (60, "joined")):
        event = metric_alarm(at=at)
        event["detail"]["configuration"]["metrics"] = []
        assert world.take(event) == verdict


def test_a_composite_joins_the_incident_of_its_child(world: World) -> None:
    watched = (WatchedMetric("AWS/Lambda", (("FunctionName", "payment"),)),)
    world.definitions.known["shop-payment-errors"] = AlarmDefinition(watched, 1, None, 60, 1)
    world.take(metric_alarm("shop-payment-errors", function="payment"))

    assert world.take(composite_alarm(at=1)) == "joined"


def test_the_incident_keeps_how_its_alarm_judges(world: World) -> None:
    world.definitions.known["shop-checkout-errors"] = AlarmDefinition((), 5, "GreaterThan", 60, 4)

    world.take(metric_alarm())

    assert world.opened().alarm.evaluation_periods == 4


def test_a_source_that_is_down_keeps_no_alarm_out(world: World) -> None:
    world.topology.error = SourceUnavailableError("down")
    world.definitions.error = SourceUnavailableError("down")

    assert world.take(metric_alarm()) == "opened"
    assert world.counted["TopologyUnavailable"] >= 1
    assert world.counted["AlarmDefinitionsUnavailable"] == 1


def test_the_map_is_read_once_a_minute(world: World) -> None:
    intake, reads = world.intake(), list[int]()

    def read() -> ServiceMap:
        reads.append(1)
        return world.topology.map

    world.topology.service_map = read  # type: ignore[method-assign]

    for at in (0, 1, 2):
        intake.take(json.dumps(metric_alarm(f"shop-{at}", function=f"f{at}", at=at)))
    world.clock.now += timedelta(seconds=61)
    intake.take(json.dumps(metric_alarm("shop-late", function="late", at=61)))

    assert len(reads) == 2


def test_two_alarms_that_share_several_resources_meet_whatever_their_order(world: World) -> None:
    event = metric_alarm("shop-both")
    event["detail"]["configuration"]["metrics"] = [
        *function_errors("payment"),
        *function_errors("checkout"),
    ]
    world.take(event)

    assert world.take(metric_alarm("shop-payment", function="payment", at=1)) == "joined"
    assert world.take(metric_alarm(at=1)) == "joined"


def test_an_alarm_that_reaches_into_an_open_incident_leaves_no_key_of_its_own(
    world: World,
) -> None:
    world.take(metric_alarm("shop-payment", function="payment"))
    event = metric_alarm("shop-both", at=1)
    event["detail"]["configuration"]["metrics"] = [
        *function_errors("checkout"),
        *function_errors("payment"),
    ]

    assert world.take(event) == "joined"
    first = world.opened().incident_id
    assert world.operations.holder("lambda:checkout") == first
    assert world.operations.holder("lambda:payment") == first
    assert world.operations.transition(arn("shop-both")) is not None
