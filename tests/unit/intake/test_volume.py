"""A storm of deliveries comes to one incident per resource, and nothing is unaccounted for."""

import json
import random
from collections import Counter

from quorum.domain.events import AlarmJoined
from tests.builders.cloudwatch_events import metric_alarm
from tests.builders.intake import World

RESOURCES = 25
EVENTS = 2000
DUPLICATES = 400


def test_two_thousand_events_over_twenty_five_resources_are_twenty_five_incidents() -> None:
    world, rng = World(), random.Random(7)  # noqa: S311
    unique = [
        metric_alarm(f"shop-{n}", function=f"f{n % RESOURCES}", at=n / 100)
        for n in range(EVENTS - DUPLICATES)
    ]
    deliveries = unique + rng.choices(unique, k=DUPLICATES)
    rng.shuffle(deliveries)
    intake = world.intake()
    world.send(*unique)

    verdicts = Counter(intake.handle(json.dumps(event)).verdict for event in deliveries)

    assert len(world.incidents()) == RESOURCES
    assert verdicts == {
        "opened": RESOURCES,
        "joined": len(unique) - RESOURCES,
        "repeat": DUPLICATES,
    }
    joins = sum(isinstance(fact, AlarmJoined) for events in world.incidents() for fact in events)
    assert joins == len(unique) - RESOURCES


def test_every_out_of_order_transition_of_an_alarm_is_accounted_for() -> None:
    world, rng = World(), random.Random(11)  # noqa: S311
    deliveries = [metric_alarm("shop-a", at=rng.randrange(200)) for _ in range(300)]

    verdicts = Counter(world.take(event) for event in deliveries)

    assert len(world.incidents()) == 1
    assert set(verdicts) <= {"opened", "joined", "repeat", "older"}
    assert sum(verdicts.values()) == len(deliveries)
