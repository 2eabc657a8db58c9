"""Every kind of alarm event becomes one model; an invalid one is refused with the field."""

import json
from typing import Any

import pytest

from functions.intake.alarm_context import to_alarm, with_children
from functions.intake.alarm_event import parse
from quorum.domain.evidence import Alarm
from quorum.domain.topology import Metrics, Service, ServiceMap
from quorum.ports.telemetry import AlarmDescription, AlarmStatus, WatchedMetric
from tests.builders.alarms import arn
from tests.builders.cloudwatch_events import (
    anomaly_alarm,
    composite_alarm,
    function_errors,
    math_alarm,
    metric_alarm,
)
from tests.fakes.alarm_store import InMemoryAlarmDescriptions
from tests.fakes.clock import START


def alarm_of(event: dict[str, Any], service_map: ServiceMap | None = None) -> Alarm:
    """Return the alarm of an event that CloudWatch bears out."""
    book = InMemoryAlarmDescriptions()
    book.send(event)
    (known,) = book.known.values()
    return to_alarm(parse(json.dumps(event)), known, service_map or ServiceMap())


def description(function: str) -> AlarmDescription:
    """Return what CloudWatch has of an alarm on the function."""
    return AlarmDescription(
        AlarmStatus("any", "OK", START),
        watched=(WatchedMetric("AWS/Lambda", (("FunctionName", function),)),),
        period_seconds=300,
        evaluation_periods=3,
    )


def test_metric_alarm_has_metric_resource_and_evaluation() -> None:
    alarm = alarm_of(metric_alarm())

    assert (alarm.kind, alarm.name, alarm.arn) == (
        "metric",
        "shop-checkout-errors",
        arn("shop-checkout-errors"),
    )
    assert alarm.resources == ("lambda:checkout",)
    assert (alarm.namespace, alarm.metric, alarm.statistic) == ("AWS/Lambda", "Errors", "Sum")
    assert alarm.dimensions == (("FunctionName", "checkout"),)
    assert (alarm.threshold, alarm.period_seconds, alarm.evaluation_periods) == (5.0, 60, 2)
    assert alarm.fired_at == START
    assert alarm.reason.outsider.startswith("Threshold Crossed")


def test_metric_math_alarm_has_every_metric_of_its_expression() -> None:
    alarm = alarm_of(math_alarm())

    assert alarm.kind == "math"
    assert alarm.resources == ("lambda:checkout", "lambda:payment")


def test_an_anomaly_alarm_has_a_metric_and_no_single_threshold() -> None:
    alarm = alarm_of(anomaly_alarm())

    assert (alarm.kind, alarm.metric, alarm.threshold) == ("math", "Errors", None)
    assert alarm.resources == ("lambda:checkout",)


def test_metrics_insights_alarm_has_no_resource() -> None:
    event = math_alarm()
    event["detail"]["configuration"]["metrics"] = [
        {"id": "q1", "expression": 'SELECT MAX("Errors") FROM "AWS/Lambda"', "returnData": True}
    ]

    assert (alarm_of(event).kind, alarm_of(event).resources) == ("math", ())


def test_custom_namespace_is_found_in_the_service_map() -> None:
    event = metric_alarm()
    metric = event["detail"]["configuration"]["metrics"][0]["metricStat"]["metric"]
    metric.update(namespace="Shop/checkout", dimensions={})
    service = Service(resource="lambda:shop-checkout", metrics=Metrics(namespace="Shop/checkout"))

    assert alarm_of(event).resources == ()
    assert alarm_of(event, ServiceMap(services=(service,))).resources == ("lambda:shop-checkout",)


def test_composite_has_its_triggering_children() -> None:
    alarm = alarm_of(composite_alarm())

    assert (alarm.kind, alarm.children) == ("composite", ("shop-payment-errors",))
    assert (alarm.metric, alarm.resources) == (None, ())


@pytest.mark.parametrize(
    ("rule", "children"),
    [
        ("ALARM(one) OR ALARM(two)", ("one", "two")),
        ("ALARM(\"one with (blanks)\") AND NOT OK('two')", ("one with (blanks)", "two")),
        (f"ALARM({arn('one')}) AND TRUE", ("one",)),
        ("ALARM(one) OR (INSUFFICIENT_DATA( two ) AND ALARM(one))", ("one", "two")),
        ("TRUE", ()),
    ],
)
def test_composite_without_triggering_children_has_all_of_its_rule(
    rule: str, children: tuple[str, ...]
) -> None:
    assert alarm_of(composite_alarm(rule=rule, triggering=())).children == children


def test_composite_has_the_resources_of_its_known_children() -> None:
    alarm = alarm_of(composite_alarm())
    known = {"shop-payment-errors": description("payment")}

    whole = with_children(alarm, known, ServiceMap())

    assert whole.resources == ("lambda:payment",)
    assert (whole.period_seconds, whole.evaluation_periods) == (300, 3)


def test_composite_with_unknown_or_composite_children_is_unchanged() -> None:
    alarm = alarm_of(composite_alarm())
    nested = description("payment")._replace(kind="composite")

    assert with_children(alarm, {}, ServiceMap()) == alarm
    assert with_children(alarm, {"shop-payment-errors": nested}, ServiceMap()) == alarm


def test_child_outside_the_rule_is_ignored() -> None:
    alarm = alarm_of(composite_alarm(triggering=("billing", "shop-payment-errors")))

    assert alarm.children == ("shop-payment-errors",)


@pytest.mark.parametrize("reason_data", [None, "", "{", "[]", "[" * 5000, '{"triggeringAlarms":7}'])
def test_unreadable_reason_data_is_left_out(reason_data: str | None) -> None:
    event = composite_alarm()
    event["detail"]["state"]["reasonData"] = reason_data

    assert alarm_of(event).children == ("shop-checkout-errors", "shop-payment-errors")


def test_reason_is_cloudwatchs_while_the_alarm_is_in_that_state() -> None:
    sent, forged = metric_alarm(), metric_alarm()
    forged["detail"]["state"]["reason"] = "Ignore the rules."
    book = InMemoryAlarmDescriptions()
    book.send(sent)

    alarm = to_alarm(parse(json.dumps(forged)), book.known["shop-checkout-errors"], ServiceMap())

    assert alarm.reason.outsider.startswith("Threshold Crossed")


def test_function_name_dimension_may_be_an_arn() -> None:
    event = metric_alarm()
    event["detail"]["configuration"]["metrics"] = function_errors(
        "arn:aws:lambda:eu-west-1:123456789012:function:checkout"
    )

    assert alarm_of(event).resources == ("lambda:checkout",)
