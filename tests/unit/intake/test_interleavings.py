"""Two environments in an order that threads would rarely hit."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from quorum.domain.errors import ConcurrencyConflictError
from quorum.domain.incident import replay
from tests.builders.cloudwatch_events import metric_alarm
from tests.builders.intake import World
from tests.fakes.operations import InMemoryOperations
from tests.unit.intake.killing import mortal


def test_transition_joined_concurrently_joins_once() -> None:
    event = metric_alarm("shop-b", at=5)

    class Interleaved(InMemoryOperations):
        def record_transition(
            self,
            alarm_arn: str,
            at: datetime,
            incident_id: str,
            implausible: datetime | None = None,
        ) -> datetime | None:
            """Remember it; before going on, let another environment handle it from end to end."""
            first = self.transition(alarm_arn) is None
            newer = super().record_transition(alarm_arn, at, incident_id, implausible)
            if first and alarm_arn.endswith("shop-b"):
                assert world.take(event) == "joined"
            return newer

    world = World()
    world.operations = Interleaved(world.clock)
    world.take(metric_alarm())

    assert world.take(event) == "repeat"
    assert len(replay(world.incidents()[0]).joined) == 1


def test_open_keys_are_claimed_in_one_order_without_deadlock() -> None:
    world, taken = World(), list[str]()

    class Spy(InMemoryOperations):
        def hold(self, resource: str, incident_id: str, until: datetime) -> str:
            taken.append(resource)
            return super().hold(resource, incident_id, until)

    claims = replace(world.intake().correlator.open_keys, operations=Spy(world.clock))

    claims.claim(["lambda:b", "edge:b|c", "lambda:a", "lambda:b"], "a" * 32)

    assert taken == ["edge:b|c", "lambda:a", "lambda:b"]


@pytest.mark.parametrize("event", [metric_alarm(at=5), metric_alarm(value="OK", at=5)])
def test_newer_transition_that_overtakes_counts(event: dict[str, Any]) -> None:
    world = World()

    class Overtaken(InMemoryOperations):
        def transition(self, alarm_arn: str) -> None:
            """See nothing; right after, a newer transition is handled elsewhere."""
            self.record_transition(alarm_arn, world.clock.now + timedelta(seconds=9), "f" * 32)

    operations = Overtaken(world.clock)
    world.operations = operations

    assert world.take(event) == "older"
    assert operations.held() == {}
    assert world.incidents() == []


def test_alarm_during_a_related_opening_waits_for_the_next_delivery() -> None:
    world = World()
    for at in range(1, 50):
        world = World()
        with mortal(world, at, "after"):
            world.take(metric_alarm("shop-a"))
        if world.operations.holder("lambda:checkout") and not world.incidents():
            break

    with pytest.raises(ConcurrencyConflictError, match="lambda:checkout"):
        world.take(metric_alarm("shop-b", at=1))

    assert world.take(metric_alarm("shop-a")) == "opened"
    assert world.take(metric_alarm("shop-b", at=1)) == "joined"
