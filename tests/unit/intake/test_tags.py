"""Alarms that are opted in by a tag instead of by their names."""

from typing import Any

import pytest

from quorum.domain.errors import SourceUnavailableError
from tests.builders.alarms import arn
from tests.builders.cloudwatch_events import metric_alarm
from tests.builders.intake import World

BILLING = "billing"
ON = {"quorum": "on", "team": "shop"}


def world(**tags: str) -> World:
    """Return a world where either of two tags opts in, and the alarm with these tags."""
    found = World()
    found.opted_in = {"quorum": "on", "tier": "1"}
    found.tags = {arn(BILLING): tags}
    return found


def sent(name: str, tags: Any) -> dict[str, Any]:
    event = metric_alarm(name)
    event["detail"]["alarmTags"] = tags
    return event


@pytest.mark.parametrize(
    ("tags", "verdict"),
    [
        (ON, "opened"),
        ({"tier": "1"}, "opened"),
        ({"quorum": "off"}, "not_opted_in"),
        ({"Quorum": "on"}, "not_opted_in"),
        ({}, "not_opted_in"),
    ],
)
def test_alarm_is_opted_in_by_any_tag_with_its_value(tags: dict[str, str], verdict: str) -> None:
    assert world(**tags).take(metric_alarm(BILLING)) == verdict


def test_tags_in_the_event_can_reject_an_alarm_without_a_read() -> None:
    one = world(**ON)
    assert one.take(sent(BILLING, [])) == "not_opted_in"
    assert one.asked == []


def test_tags_in_the_event_that_the_alarm_lacks_opt_nothing_in() -> None:
    one = world(quorum="off")
    pairs = [{"Key": key, "Value": value} for key, value in ON.items()]
    assert one.take(sent(BILLING, pairs)) == "not_opted_in"
    one.tags[arn(BILLING)] = ON
    assert one.take(sent(BILLING, pairs)) == "opened"


@pytest.mark.parametrize("tags", [None, "quorum", [{"key": "quorum"}], 7])
def test_tags_in_an_unknown_form_are_read_from_cloudwatch(tags: Any) -> None:
    one = world(**ON)
    assert one.take(sent(BILLING, tags)) == "opened"
    assert one.asked == [arn(BILLING)]


def test_tags_are_not_read_when_the_name_decides_or_none_is_configured() -> None:
    named, untagged = world(), World()
    assert named.take(metric_alarm("shop-errors")) == "opened"
    assert named.take(metric_alarm("quorum-prod-throttles")) == "own"
    assert untagged.take(metric_alarm(BILLING)) == "not_opted_in"
    assert named.asked == untagged.asked == []


def test_own_alarm_is_rejected_whatever_its_tags() -> None:
    one = world()
    one.tags[arn("quorum-prod-throttles")] = ON
    assert one.take(metric_alarm("quorum-prod-throttles")) == "own"


def test_unreadable_tags_leave_the_message_in_the_queue() -> None:
    with pytest.raises(SourceUnavailableError):
        world().take(metric_alarm("unknown"))
