"""Several environments at once: one incident per resource, and every alarm in it."""

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest

from quorum.domain.events import AlarmJoined, IncidentOpened
from quorum.domain.incident import replay
from quorum.domain.topology import Service, ServiceMap
from tests.builders.cloudwatch_events import metric_alarm
from tests.builders.intake import World


def race(world: World, events: list[dict[str, Any]]) -> Counter[str]:
    """Deliver all events at the same moment, each to an environment of its own."""
    barrier = Barrier(len(events))
    world.send(*events)

    def deliver(event: dict[str, Any]) -> str:
        intake = world.intake()
        waiting = replace(
            intake.correlator.open_keys, sleep=time.sleep, jitter=lambda cap: cap / 10
        )
        intake = replace(intake, correlator=replace(intake.correlator, open_keys=waiting))
        barrier.wait()
        return intake.handle(json.dumps(event)).verdict

    with ThreadPoolExecutor(len(events)) as pool:
        return Counter(pool.map(deliver, events))


@pytest.mark.parametrize("attempt", range(10))
def test_two_alarms_of_one_resource_make_one_incident_and_one_join(attempt: int) -> None:
    world = World()

    verdicts = race(world, [metric_alarm("shop-a"), metric_alarm("shop-b", at=attempt)])

    assert verdicts == {"opened": 1, "joined": 1}
    (facts,) = world.incidents()
    assert [type(fact) for fact in facts] == [IncidentOpened, AlarmJoined]


@pytest.mark.parametrize("attempt", range(10))
def test_two_alarms_of_neighbours_make_one_incident_and_one_join(attempt: int) -> None:
    world = World()
    edge = Service(resource="lambda:checkout", depends_on=("lambda:payment",))
    world.topology.map = ServiceMap(services=(edge,))

    verdicts = race(
        world,
        [metric_alarm("shop-a"), metric_alarm("shop-b", function="payment", at=attempt)],
    )

    assert verdicts == {"opened": 1, "joined": 1}
    assert len(world.incidents()) == 1


@pytest.mark.parametrize("attempt", range(10))
def test_the_same_transition_twice_at_once_is_one_incident(attempt: int) -> None:
    world = World()

    verdicts = race(world, [metric_alarm(at=attempt)] * 4)

    assert verdicts == {"opened": 1, "repeat": 3}
    assert len(world.incidents()) == 1


@pytest.mark.parametrize("attempt", range(10))
def test_the_same_joining_transition_several_times_at_once_joins_once(attempt: int) -> None:
    world = World()
    world.take(metric_alarm())

    verdicts = race(world, [metric_alarm("shop-b", at=attempt)] * 4)

    assert verdicts == {"joined": 1, "repeat": 3}


def test_many_concurrent_alarms_of_one_resource_are_all_recorded() -> None:
    world = World()

    verdicts = race(world, [metric_alarm(f"shop-{n}", at=n) for n in range(8)])

    assert verdicts == {"opened": 1, "joined": 7}
    (facts,) = world.incidents()
    assert len(replay(facts).joined) == 7
