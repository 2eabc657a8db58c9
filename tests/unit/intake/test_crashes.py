"""Killed before or after any call to the outside, a message that is delivered again loses nothing.

The kill comes at every single call of a delivery, so no step can be moved, dropped or added
without one of these cases standing right behind it.
"""

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from quorum.domain.errors import ConcurrencyConflictError
from quorum.domain.events import AlarmJoined, AlarmRecovered, IncidentOpened
from quorum.domain.incident import replay
from tests.builders.cloudwatch_events import metric_alarm
from tests.builders.intake import World
from tests.fakes.channels import InMemoryExecutionStarter
from tests.unit.intake.killing import When, mortal

JOINING = metric_alarm("shop-checkout-duration", at=5)
RECOVERY = metric_alarm(value="OK", at=60)


def deaths(event: dict[str, Any], *before: dict[str, Any]) -> Iterator[World]:
    """Yield a world per possible death of the event's first delivery, after its second one."""
    for when in get_args(When):
        for at in range(1, 100):
            world = World()
            for earlier in before:
                world.take(earlier)
            with mortal(world, at, when) as calls:
                world.take(event)
            if calls.made < at:
                break
            assert world.take(event) in {"opened", "joined", "recovered", "repeat"}
            yield world
        assert at > 3


def test_opening_survives_a_crash_at_every_call() -> None:
    for world in deaths(metric_alarm()):
        opened = world.opened()
        assert isinstance(world.starter, InMemoryExecutionStarter)
        assert world.starter.started == [opened.incident_id]
        world.clock.advance(3600)
        assert world.operations.holder("lambda:checkout") == opened.incident_id


def test_join_survives_a_crash_at_every_call() -> None:
    for world in deaths(JOINING, metric_alarm()):
        (events,) = world.incidents()
        assert [type(fact) for fact in events] == [IncidentOpened, AlarmJoined]
        assert len(replay(events).joined) == 1


def test_recovery_survives_a_crash_at_every_call() -> None:
    for world in deaths(RECOVERY, metric_alarm()):
        (events,) = world.incidents()
        assert [type(fact) for fact in events] == [IncidentOpened, AlarmRecovered]


def opened_but_not_started() -> World:
    """Return a world whose environment crashed between the event and the start."""
    for at in range(1, 100):
        world = World()
        with mortal(world, at, "before"):
            world.take(metric_alarm())
        if world.incidents():
            return world
    raise AssertionError("no call opens an incident")


def test_lost_start_is_repeated_after_a_newer_transition() -> None:
    world = opened_but_not_started()
    world.take(RECOVERY)
    assert isinstance(world.starter, InMemoryExecutionStarter)
    assert world.starter.started == []

    assert world.take(metric_alarm()) == "repeat"
    assert world.starter.started == [world.opened().incident_id]


def test_crash_while_opening_blocks_the_resource_for_two_minutes() -> None:
    world = holding_without_a_fact()
    other = metric_alarm("shop-other", at=60)
    world.clock.advance(60)
    with pytest.raises(ConcurrencyConflictError, match=r"still opening .*lambda:checkout"):
        world.take(other)
    assert world.incidents() == []

    world.clock.advance(61)

    assert world.take(other) == "opened"


def holding_without_a_fact() -> World:
    """Return a world whose environment crashed between the open keys and the event."""
    for at in range(1, 100):
        world = World()
        with mortal(world, at, "after"):
            world.take(metric_alarm("shop-dead"))
        if world.operations.holder("lambda:checkout"):
            return world
    raise AssertionError("no call takes the key")
