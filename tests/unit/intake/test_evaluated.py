"""The datapoints that an alarm evaluated, from the event's data: bounded, and never required."""

import json
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.intake.alarm_context import MOST_EVALUATED, with_children
from functions.intake.alarm_event import MAX_REASON_CHARACTERS, parse
from quorum.domain.canonical import canonical_json
from quorum.domain.evidence import Alarm
from quorum.domain.topology import ServiceMap
from quorum.ports.telemetry import AlarmDescription, AlarmStatus
from tests.builders.cloudwatch_events import composite_alarm, metric_alarm, stamp
from tests.fakes.clock import START
from tests.unit.intake.test_parsing import alarm_of, description

FIRED: Final = int(START.timestamp())
REACH: Final = 2 * 120 + 300
"""Two evaluations of two minutes, and the time until metrics are delivered."""


def evaluated(*points: Any, **more: Any) -> Alarm:
    """Return the alarm whose event carries these datapoints."""
    event = metric_alarm()
    event["detail"]["state"]["reasonData"] = json.dumps({"evaluatedDatapoints": points, **more})
    return alarm_of(event)


def datapoint(ago: float, value: Any = 9.0) -> dict[str, Any]:
    return {"timestamp": stamp(-ago), "sampleCount": 1.0, "value": value}


def test_the_datapoints_of_the_evaluation_are_kept_in_order() -> None:
    """The newest comes first in the event; one without a value had no data."""
    missing = {"timestamp": stamp(-240)}
    alarm = evaluated(datapoint(120), datapoint(180, 4), missing)
    assert alarm.evaluated == ((FIRED - 180, 4.0), (FIRED - 120, 9.0))


@pytest.mark.parametrize(
    ("ago", "kept"), [(0, True), (-1, False), (REACH, True), (REACH + 1, False)]
)
def test_only_times_that_it_can_have_evaluated_count(ago: float, *, kept: bool) -> None:
    assert bool(evaluated(datapoint(ago)).evaluated) == kept


@pytest.mark.parametrize(
    "wrong",
    [
        "text",
        7,
        {"timestamp": "yesterday", "value": 1.0},
        {"timestamp": "9999-12-31T23:59:59.999+0000", "value": 1.0},
        datapoint(60, "9"),
        datapoint(60, [True]),
        datapoint(60, float("inf")),
        {"value": 1.0},
    ],
)
def test_a_malformed_one_drops_them_all_and_nothing_else(wrong: Any) -> None:
    alarm = evaluated(datapoint(120), wrong)
    assert alarm.evaluated == ()
    assert alarm.fired_at == START


def test_malformed_ones_leave_a_composite_its_children() -> None:
    event = composite_alarm()
    data = json.loads(event["detail"]["state"]["reasonData"])
    children = alarm_of(event).children
    event["detail"]["state"]["reasonData"] = json.dumps({**data, "evaluatedDatapoints": "none"})
    assert alarm_of(event).children == children


def test_an_alarm_without_them_has_the_digest_that_it_always_had() -> None:
    assert "evaluated" not in json.loads(canonical_json(evaluated()))
    assert "evaluated" in json.loads(canonical_json(evaluated(datapoint(60))))


@given(st.lists(st.tuples(st.integers(-10_000, 10_000), st.floats()), max_size=150))
def test_whatever_is_sent_they_are_few_ordered_and_within_the_evaluation(
    points: list[tuple[int, float]],
) -> None:
    found = evaluated(*(datapoint(ago, value) for ago, value in points)).evaluated
    times = [at for at, _ in found]
    assert times == sorted(set(times))
    assert len(found) <= MOST_EVALUATED
    assert all(FIRED - REACH <= at <= FIRED for at in times)
    canonical_json(found)


def test_data_that_is_too_long_has_no_datapoints() -> None:
    assert evaluated(datapoint(60), pad=" " * MAX_REASON_CHARACTERS).evaluated == ()


def test_a_null_reason_is_an_empty_one() -> None:
    event = metric_alarm()
    event["detail"]["state"] |= {"reason": None, "reasonData": None}
    state = parse(json.dumps(event)).detail.state
    assert (state.reason, state.reason_data.evaluated_datapoints) == ("", ())


def child(state: Any, *points: dict[str, Any]) -> AlarmDescription:
    """Return CloudWatch's description of a child with its datapoints."""
    data = json.dumps({"evaluatedDatapoints": points})
    status = AlarmStatus("any", state, START - timedelta(seconds=5))
    return description("checkout")._replace(status=status, reason_data=data)


def test_a_composite_has_the_datapoints_of_its_children_in_alarm() -> None:
    alarm = alarm_of(composite_alarm()).model_copy(update={"children": ("one", "other")})
    known = {"one": child("ALARM", datapoint(600)), "other": child("OK", datapoint(900))}
    assert with_children(alarm, known, ServiceMap()).evaluated == ((FIRED - 600, 9.0),)
