"""Events as CloudWatch sends them, with what a test changes."""

import json
from datetime import datetime, timedelta
from typing import Any

from tests.builders.alarms import ACCOUNT, ALARM, REGION, arn
from tests.fakes.clock import START


def stamp(seconds: float = 0) -> str:
    """Return CloudWatch's form of the time that is this long after the tests' clock starts."""
    at: datetime = START + timedelta(seconds=seconds)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "+0000")


def function_errors(function: str) -> list[dict[str, Any]]:
    """Return the configuration's metrics of a plain alarm on a function's errors."""
    metric = {
        "namespace": "AWS/Lambda",
        "name": "Errors",
        "dimensions": {"FunctionName": function},
    }
    stat = {"metric": metric, "period": 60, "stat": "Sum"}
    return [{"id": "m1", "metricStat": stat, "returnData": True}]


def metric_alarm(
    name: str = ALARM,
    *,
    function: str = "checkout",
    value: str = "ALARM",
    at: float = 0,
) -> dict[str, Any]:
    """Return the event of a plain alarm on a function's errors."""
    reason = {
        "version": "1.0",
        "statistic": "Sum",
        "period": 60,
        "recentDatapoints": [7.0, 9.0],
        "threshold": 5.0,
    }
    return _event(
        name,
        {"description": "checkout fails", "metrics": function_errors(function)},
        {
            "value": value,
            "reason": "Threshold Crossed: 2 datapoints were greater than the threshold (5.0).",
            "reasonData": json.dumps(reason),
            "timestamp": stamp(at),
        },
    )


def math_alarm(name: str = "shop-error-share", at: float = 0) -> dict[str, Any]:
    """Return the event of an alarm on an expression over the metrics of two functions."""
    metrics = [
        {"id": "e1", "expression": "m1 + m2", "label": "Errors", "returnData": True},
        *function_errors("checkout"),
        *function_errors("payment"),
    ]
    return _event(name, {"metrics": metrics}, {"value": "ALARM", "timestamp": stamp(at)})


def anomaly_alarm(name: str = "shop odd latency", at: float = 0) -> dict[str, Any]:
    """Return the event of an alarm on an anomaly band; it has two thresholds, and no one."""
    band = {"id": "ad1", "expression": "ANOMALY_DETECTION_BAND(m1, 2)", "returnData": True}
    reason = {"recentDatapoints": [0.0], "recentUpperThresholds": [0.3], "period": 60}
    return _event(
        name,
        {"metrics": [*function_errors("checkout"), band]},
        {"value": "ALARM", "reasonData": json.dumps(reason), "timestamp": stamp(at)},
    )


def composite_alarm(
    name: str = "shop-is-down",
    *,
    rule: str = 'ALARM("shop-checkout-errors") OR ALARM("shop-payment-errors")',
    triggering: tuple[str, ...] = ("shop-payment-errors",),
    at: float = 0,
    **state: Any,
) -> dict[str, Any]:
    """Return the event of an alarm on other alarms; `state` adds to its state."""
    children = [{"arn": arn(child), "state": {"value": "ALARM"}} for child in triggering]
    return _event(
        name,
        {"alarmRule": rule, "actionsSuppressor": "shop-maintenance"},
        {
            "value": "ALARM",
            "reason": f"{arn('shop-payment-errors')} transitioned to ALARM",
            "reasonData": json.dumps({"triggeringAlarms": children}),
            "timestamp": stamp(at),
            **state,
        },
    )


def _event(name: str, configuration: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92",
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": ACCOUNT,
        "time": stamp(1),
        "region": REGION,
        "resources": [arn(name)],
        "detail": {
            "alarmName": name,
            "configuration": configuration,
            "previousState": {"value": "OK", "timestamp": stamp(-600)},
            "state": state,
        },
    }
