"""The product's own parsers of alarms, imported in one place."""

from datetime import datetime

from functions.intake.alarm_context import AlarmContext
from functions.intake.alarm_event import AlarmEvent
from functions.intake.gate import Gate

__all__ = [
    "AlarmContext",
    "AlarmEvent",
    "Gate",
    "fired",
]


def fired(arn: str, account: str, region: str, at: datetime) -> AlarmEvent:
    """Return the event that intake would receive if the alarm with this ARN fired."""
    return AlarmEvent.model_validate(
        {
            "detail-type": "CloudWatch Alarm State Change",
            "account": account,
            "region": region,
            "resources": [arn],
            "detail": {
                "alarmName": arn.partition(":alarm:")[2],
                "state": {"value": "ALARM", "timestamp": at},
            },
        }
    )
