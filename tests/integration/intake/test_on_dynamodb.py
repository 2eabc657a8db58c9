"""The cases that races and crashes rest on, with the conditional writes of the real tables."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.operations import DynamoDBOperations
from quorum.domain.errors import ConcurrencyConflictError
from tests.builders.cloudwatch_events import metric_alarm
from tests.builders.intake import World
from tests.fakes.channels import InMemoryExecutionStarter
from tests.integration.tables import create_table
from tests.unit.intake.killing import mortal

JOINING = metric_alarm("shop-checkout-duration", at=5)


class OnDynamoDB(World):
    """Intake in front of DynamoDB, with a clock that stands still."""

    def __init__(self) -> None:
        super().__init__()
        self.store = DynamoDBEventStore(create_table("events"))
        self.operations = DynamoDBOperations(create_table("operations"), self.clock)

    def drop(self) -> None:
        """Delete the tables, for the next world."""
        assert isinstance(self.store, DynamoDBEventStore)
        assert isinstance(self.operations, DynamoDBOperations)
        for table in (self.store._table, self.operations._table):
            table._client.delete_table(TableName=table.name)


@pytest.fixture
def world() -> OnDynamoDB:
    return OnDynamoDB()


def deaths(event: dict[str, Any]) -> Iterator[OnDynamoDB]:
    """Yield a world per death of the event's first delivery, after its second one."""
    for at in range(1, 100):
        world = OnDynamoDB()
        with mortal(world, at, "after") as calls:
            world.take(event)
        if calls.made >= at:
            world.take(event)
            yield world
        world.drop()
        if calls.made < at:
            break


def test_opening_survives_a_crash_after_every_call() -> None:
    for world in deaths(metric_alarm()):
        opened = world.opened()
        assert isinstance(world.starter, InMemoryExecutionStarter)
        assert world.starter.started == [opened.incident_id]
        world.clock.advance(3600)
        assert world.operations.holder("lambda:checkout") == opened.incident_id


def test_one_resource_has_one_open_incident(world: OnDynamoDB) -> None:
    assert world.take(metric_alarm()) == "opened"
    assert world.take(JOINING) == "joined"
    assert world.take(metric_alarm("shop-payment", function="payment")) == "opened"


def test_closed_incident_takes_no_alarm(world: OnDynamoDB) -> None:
    world.take(metric_alarm())
    world.close_and_die(world.opened().incident_id)

    assert world.take(JOINING) == "opened"
    assert world.take(metric_alarm()) == "repeat"
    assert len(world.incidents()) == 2


def test_alarm_waits_for_an_environment_that_is_opening(world: OnDynamoDB) -> None:
    until = world.clock.now + timedelta(seconds=120)
    world.operations.hold("lambda:checkout", "d" * 32, until)

    with pytest.raises(ConcurrencyConflictError):
        world.take(metric_alarm())
    world.clock.advance(120)

    assert world.take(metric_alarm()) == "opened"


def test_overtaken_transition_releases_its_open_keys(world: OnDynamoDB) -> None:
    class Overtaken(DynamoDBOperations):
        def transition(self, alarm_arn: str) -> None:
            """See nothing; right after, a newer transition is handled elsewhere."""
            newer: datetime = world.clock.now + timedelta(seconds=9)
            self.record_transition(alarm_arn, newer, "f" * 32)

    assert isinstance(world.operations, DynamoDBOperations)
    world.operations = Overtaken(world.operations._table, world.clock)

    assert world.take(metric_alarm()) == "older"
    assert world.operations.holder("lambda:checkout") is None


def test_flapping_is_read_from_the_table(world: OnDynamoDB) -> None:
    world.take(metric_alarm())
    world.end(world.opened().incident_id)

    world.take(metric_alarm(at=60))

    assert [events[0].flapping for events in world.incidents()] == [False, True]  # type: ignore[union-attr]
