"""Rejected messages are counted or kept, never lost."""

import json
from typing import Any

import pytest

from quorum.domain.errors import StoreUnavailableError
from tests.unit.intake.events import composite_alarm, metric_alarm
from tests.unit.intake.world import World


@pytest.mark.parametrize(
    ("event", "verdict"),
    [
        (metric_alarm("quorum-prod-dead-letters"), "own"),
        (metric_alarm("TargetTracking-table/shop-ProvisionedCapacityHigh"), "own"),
        (metric_alarm("billing"), "not_opted_in"),
        (metric_alarm(value="INSUFFICIENT_DATA"), "insufficient_data"),
        (composite_alarm(actionsSuppressedBy="Alarm"), "suppressed"),
        (composite_alarm(actionsSuppressedBy="WaitPeriod", value="OK"), "suppressed"),
    ],
)
def test_what_is_turned_away_opens_nothing(event: dict[str, Any], verdict: str) -> None:
    world = World()

    assert world.take(event) == verdict
    assert world.incidents() == []
    assert world.dead_letters.kept == []


def test_our_own_alarms_stay_out_even_when_everything_is_opted_in() -> None:
    world = World()
    intake = world.intake()
    object.__setattr__(intake.gate, "prefixes", ("",))

    world.send(metric_alarm("anything"))
    assert intake.handle(json.dumps(metric_alarm("quorum-prod-throttles"))).verdict == "own"
    assert intake.handle(json.dumps(metric_alarm("anything"))).verdict == "opened"


def test_a_composite_that_is_not_suppressed_enters() -> None:
    assert World().take(composite_alarm(actionsSuppressedBy=None)) == "opened"


@pytest.mark.parametrize(("field", "value"), [("account", "999999999999"), ("region", "us-east-1")])
def test_another_account_or_region_is_refused_and_kept_with_the_reason(
    field: str, value: str
) -> None:
    world, event = World(), metric_alarm()
    event["resources"] = [event["resources"][0].replace(event[field], value)]
    event[field] = value

    assert world.take(event) == "refused"
    assert world.incidents() == []
    ((_, reason),) = world.dead_letters.kept
    assert reason.startswith(f"{field}: {value}")


def test_what_cannot_be_parsed_is_kept_with_the_field_and_is_done_with() -> None:
    world, event = World(), metric_alarm()
    del event["detail"]["state"]["timestamp"]

    assert world.forge(event) == "unreadable"
    ((payload, reason),) = world.dead_letters.kept
    assert json.loads(payload["body"]) == event
    assert "detail.state.timestamp" in reason


def test_a_message_that_cannot_be_kept_is_not_done_with() -> None:
    world = World()
    world.dead_letters.error = StoreUnavailableError("the queue is down")

    with pytest.raises(StoreUnavailableError):
        world.intake().handle("not an event")


def test_a_huge_message_is_kept_in_part_rather_than_not_at_all() -> None:
    world = World()

    world.intake().handle("\u20ac" * 1_000_000)

    ((payload, reason),) = world.dead_letters.kept
    assert len(json.dumps(payload)) < 256 * 1024
    assert reason
