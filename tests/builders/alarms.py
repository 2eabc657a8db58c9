"""Alarms as they fired, and the account that they fired in."""

from typing import Any, Final

from quorum.domain.base import OutsiderText
from quorum.domain.evidence import Alarm
from tests.fakes.clock import START

ACCOUNT: Final = "123456789012"
REGION: Final = "eu-west-1"
ALARM: Final = "shop-checkout-errors"


def arn(name: str) -> str:
    """Return the alarm's ARN."""
    return f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}"


def alarm(name: str = ALARM, reason: str = "Threshold crossed: 12 errors", **changed: Any) -> Alarm:
    """Return a metric alarm on `lambda:checkout`; `changed` are its other fields."""
    fields = {
        "name": name,
        "arn": arn(name),
        "kind": "metric",
        "account": ACCOUNT,
        "region": REGION,
        "resources": ("lambda:checkout",),
        "fired_at": START,
        "reason": OutsiderText.of(reason),
        "period_seconds": 10,
        "evaluation_periods": 3,
    }
    return Alarm.model_validate({**fields, **changed})


def error_alarm(name: str = "front", **changed: Any) -> Alarm:
    """Return the alarm on three errors of a function in ten seconds."""
    fields = {
        "resources": (f"lambda:{name}",),
        "namespace": f"Shop/{name}",
        "metric": "Errors",
        "dimensions": (("FunctionName", name),),
        "statistic": "Sum",
        "threshold": 3.0,
        "comparison": "GreaterThanThreshold",
        "evaluation_periods": 1,
    }
    return alarm(f"shop-{name}-errors", **{**fields, **changed})
