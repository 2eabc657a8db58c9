"""An alarm storm: many alarms of few resources fire and recover; some events arrive twice."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from local.clients import REGION
from local.emulator import ACCOUNT

RESOURCES: Final = 25
ALARMS: Final = 8
"""Per resource."""
TRANSITIONS: Final = 8
"""Per alarm, which alternately fires and recovers."""
DUPLICATES: Final = 400
SEED: Final = 7
APART_SECONDS: Final = 60


class AlarmTransition(NamedTuple):
    """A state change of one alarm, which may be delivered several times."""

    alarm: str
    firing: bool
    at: datetime


class Delivery(NamedTuple):
    """A message of the queue and the transition that it describes."""

    transition: AlarmTransition
    body: str


def storm(now: datetime) -> list[Delivery]:
    """Return the deliveries in order: each alarm's in its own order, duplicates some time later."""
    dice = random.Random(SEED)  # noqa: S311 - a benchmark's dice
    events = list(_events(now, dice))
    placed = [(float(place), event) for place, event in enumerate(events)]
    again = dice.choices(placed, k=DUPLICATES)
    placed += [(dice.uniform(place, len(events)), event) for place, event in again]
    return [event for _, event in sorted(placed, key=lambda pair: pair[0])]


def definitions() -> Iterator[dict[str, Any]]:
    """Yield the alarms as arguments of CloudWatch's PutMetricAlarm."""
    for resource in range(RESOURCES):
        for alarm in range(ALARMS):
            yield {
                "AlarmName": f"shop-{resource}-{alarm}",
                "Namespace": "AWS/Lambda",
                "MetricName": "Errors",
                "Dimensions": [{"Name": "FunctionName", "Value": f"shop-{resource}"}],
                "Statistic": "Sum",
                "Period": 60,
                "EvaluationPeriods": 1,
                "Threshold": 1,
                "ComparisonOperator": "GreaterThanThreshold",
            }


def _events(now: datetime, dice: random.Random) -> Iterator[Delivery]:
    began = now - timedelta(seconds=TRANSITIONS * APART_SECONDS)
    for turn in range(TRANSITIONS):
        names = [(resource, alarm) for resource in range(RESOURCES) for alarm in range(ALARMS)]
        dice.shuffle(names)
        for place, (resource, alarm) in enumerate(names):
            at = began + timedelta(seconds=turn * APART_SECONDS, milliseconds=place)
            transition = AlarmTransition(f"shop-{resource}-{alarm}", turn % 2 == 0, at)
            yield Delivery(transition, json.dumps(_event(transition)))


def _event(transition: AlarmTransition) -> dict[str, Any]:
    stamp = transition.at.astimezone(UTC).isoformat(timespec="milliseconds")
    value = "ALARM" if transition.firing else "OK"
    return {
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": ACCOUNT,
        "region": REGION,
        "resources": [f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{transition.alarm}"],
        "detail": {
            "alarmName": transition.alarm,
            "state": {"value": value, "reason": "Threshold Crossed", "timestamp": stamp},
        },
    }
