"""Rejected messages are counted or kept, never lost."""

import json
from typing import Any

import pytest

from quorum.domain.errors import StoreUnavailableError
from tests.builders.cloudwatch_events import composite_alarm, metric_alarm
from tests.builders.intake import World


@pytest.mark.parametrize(
    ("event", "verdict"),
    [
        (metric_alarm("quorum-prod-dead-letters"), "own"),
        (metric_alarm("TargetTracking-table/shop-ProvisionedCapacityHigh"), "own"),
        (metric_alarm("billing"), "not_opted_in"),
        (metric_alarm(value="INSUFFICIENT_DATA"), "insufficient_data"),
        (composite_alarm(actionsSuppressedBy="Alarm"), "suppressed"),
        (composite_alarm(actionsSuppressedBy="WaitPeriod"), "suppressed"),
        (composite_alarm(actionsSuppressedBy="ExtensionPeriod", value="OK"), "stray_recovery"),
    ],
)
def test_rejected_alarm_opens_no_incident(event: dict[str, Any], verdict: str) -> None:
    world = World()

    assert world.take(event) == verdict
    assert world.incidents() == []
    assert world.dead_letters.kept == []


def test_own_alarm_is_rejected_when_every_alarm_is_opted_in() -> None:
    world = World()
    intake = world.intake()
    object.__setattr__(intake.gate, "prefixes", ("",))

    world.send(metric_alarm("anything"))
    assert intake.handle(json.dumps(metric_alarm("quorum-prod-throttles"))).verdict == "own"
    assert intake.handle(json.dumps(metric_alarm("anything"))).verdict == "opened"


def test_composite_that_is_not_suppressed_is_accepted() -> None:
    assert World().take(composite_alarm(actionsSuppressedBy=None)) == "opened"


@pytest.mark.parametrize(("field", "value"), [("account", "999999999999"), ("region", "us-east-1")])
def test_alarm_of_another_account_or_region_is_kept_with_the_reason(field: str, value: str) -> None:
    world, event = World(), metric_alarm()
    event["resources"] = [event["resources"][0].replace(event[field], value)]
    event[field] = value

    assert world.take(event) == "refused"
    assert world.incidents() == []
    ((_, reason),) = world.dead_letters.kept
    assert reason.startswith(f"{field}: {value}")


def test_unreadable_message_is_kept_with_the_field_and_acknowledged() -> None:
    world, event = World(), metric_alarm()
    del event["detail"]["state"]["timestamp"]

    assert world.forge(event) == "unreadable"
    ((payload, reason),) = world.dead_letters.kept
    assert json.loads(payload["body"]) == event
    assert "detail.state.timestamp" in reason


def test_message_that_cannot_be_kept_is_not_acknowledged() -> None:
    world = World()
    world.dead_letters.error = StoreUnavailableError("the queue is down")

    with pytest.raises(StoreUnavailableError):
        world.intake().handle("not an event")


def test_oversized_message_is_kept_in_part() -> None:
    world = World()

    world.intake().handle("\u20ac" * 1_000_000)

    ((payload, reason),) = world.dead_letters.kept
    assert len(json.dumps(payload)) < 256 * 1024
    assert reason
