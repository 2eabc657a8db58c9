"""Required fields of an event, and the inputs of its incident's id."""

import json
from typing import Any

import pytest

from functions.intake.alarm_event import parse
from quorum.domain.errors import InvalidInputError
from tests.builders.alarms import arn
from tests.builders.cloudwatch_events import metric_alarm, stamp


def without(path: str) -> dict[str, Any]:
    event = metric_alarm()
    *parents, last = path.split(".")
    place: Any = event
    for name in parents:
        place = place[name]
    del place[last]
    return event


@pytest.mark.parametrize(
    "field",
    [
        "account",
        "region",
        "resources",
        "detail-type",
        "detail.alarmName",
        "detail.state.value",
        "detail.state.timestamp",
    ],
)
def test_a_missing_field_is_named(field: str) -> None:
    with pytest.raises(InvalidInputError, match=field):
        parse(json.dumps(without(field)))


@pytest.mark.parametrize("body", ["", "ALARM", "{", "[]", "null", '"text"'])
def test_a_body_that_is_no_alarm_event_is_refused(body: str) -> None:
    with pytest.raises(InvalidInputError):
        parse(body)


def test_a_time_without_a_zone_is_refused() -> None:
    event = metric_alarm()
    event["detail"]["state"]["timestamp"] = "2026-11-23T12:00:00"

    with pytest.raises(InvalidInputError, match="timestamp"):
        parse(json.dumps(event))


@pytest.mark.parametrize(
    "wrong",
    [
        arn("another"),
        arn("shop-checkout-errors").replace("123456789012", "999999999999"),
        arn("shop-checkout-errors").replace("eu-west-1", "us-east-1"),
        "shop-checkout-errors",
    ],
)
def test_an_arn_of_another_alarm_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidInputError, match="resources"):
        parse(json.dumps({**metric_alarm(), "resources": [wrong]}))


def test_the_incident_id_depends_on_account_region_alarm_and_time_alone() -> None:
    event, same = metric_alarm(), metric_alarm(function="other")
    same["id"], same["time"] = "another delivery", stamp(60)
    same["detail"]["state"]["timestamp"] = "2026-11-23T14:00:00+02:00"

    ids = {parse(json.dumps(e)).incident_id for e in (event, same)}

    assert len(ids) == 1
    assert len(ids.pop()) == 32


def test_another_alarm_or_another_time_is_another_incident() -> None:
    events = [metric_alarm(), metric_alarm("shop-other"), metric_alarm(at=0.001)]

    assert len({parse(json.dumps(event)).incident_id for event in events}) == 3
