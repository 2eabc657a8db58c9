"""What CloudWatch sends when an alarm changes state, whatever the kind of alarm.

AWS may add fields, so unknown ones are ignored here and nowhere else.
"""

import json
import re
from datetime import UTC
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from functions.shared.domain.canonical import digest
from functions.shared.domain.errors import InvalidInputError

_ARN: Final = re.compile(r"arn:aws[a-z-]*:cloudwatch:([a-z0-9-]+):([0-9]{12}):alarm:(.+)", re.S)


class _Sent(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True
    )


class Metric(_Sent):
    """Which metric."""

    namespace: str
    name: str
    dimensions: dict[str, str] = Field(default_factory=dict)


class MetricStat(_Sent):
    """Which statistic of it; `period` in seconds."""

    metric: Metric
    period: int = Field(default=60, ge=1)
    stat: str | None = None


class Entry(_Sent):
    """A metric, or an expression over metrics."""

    metric_stat: MetricStat | None = None
    expression: str | None = None


class Configuration(_Sent):
    """A composite has a rule instead of metrics."""

    metrics: tuple[Entry, ...] = ()
    alarm_rule: str | None = None


class Triggering(_Sent):
    """A child that set a composite off."""

    arn: str


class ReasonData(_Sent):
    """What the evaluation saw, as far as it is told."""

    threshold: float | None = Field(default=None, allow_inf_nan=False)
    recent_datapoints: tuple[float | None, ...] = ()
    triggering_alarms: tuple[Triggering, ...] = ()


def _unpack(text: Any) -> Any:
    """Return the JSON inside the string; nothing of it is needed, so nothing of it can fail."""
    try:
        return ReasonData.model_validate(json.loads(text))
    except (TypeError, ValueError):
        return ReasonData()


class State(_Sent):
    """The state that the alarm went into, and when."""

    value: Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
    reason: str = ""
    reason_data: Annotated[ReasonData, BeforeValidator(_unpack)] = ReasonData()
    timestamp: AwareDatetime
    actions_suppressed_by: str | None = None


def _tags(sent: Any) -> dict[str, str] | None:
    """Return the tags by key; None when they were not sent, or not so, and have to be asked for."""
    try:
        return {str(tag["Key"]): str(tag["Value"]) for tag in sent}
    except (KeyError, TypeError):
        return None


class Detail(_Sent):
    """The alarm. `alarm_tags` is None where the event does not carry them."""

    alarm_name: str = Field(min_length=1)
    configuration: Configuration
    state: State
    alarm_tags: Annotated[dict[str, str] | None, BeforeValidator(_tags)] = None


class AlarmEvent(_Sent):
    """One transition of one alarm."""

    detail_type: Literal["CloudWatch Alarm State Change"] = Field(alias="detail-type")
    account: str
    region: str
    resources: tuple[str, ...] = Field(min_length=1)
    detail: Detail

    @property
    def arn(self) -> str:
        """Return the alarm's ARN."""
        return self.resources[0]

    @property
    def incident_id(self) -> str:
        """Return the id of the incident that this transition opens, the same on every delivery."""
        at = self.detail.state.timestamp.astimezone(UTC).isoformat(timespec="microseconds")
        return digest([self.account, self.region, self.arn, at])[:32]


def parse(body: str) -> AlarmEvent:
    """Return the event in the queue message. Raises InvalidInputError that names the field."""
    try:
        event = AlarmEvent.model_validate(json.loads(body))
    except json.JSONDecodeError as error:
        raise InvalidInputError(f"body: not JSON: {error}") from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5])
        raise InvalidInputError(wrong) from error
    match = _ARN.fullmatch(event.arn)
    if not match or match.groups() != (event.region, event.account, event.detail.alarm_name):
        raise InvalidInputError("resources.0: not the ARN of this alarm, account and region")
    return event
