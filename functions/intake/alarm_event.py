"""What CloudWatch sends when an alarm changes state, whatever the kind of alarm.

AWS may add fields, so unknown ones are ignored here and nowhere else. What the alarm watches and
how it judges is in the event too, and is not read from it: CloudWatch is asked.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)
from pydantic.alias_generators import to_camel

from quorum.domain.canonical import digest
from quorum.domain.errors import InvalidInputError
from quorum.domain.untrusted_json import read_json

MOST_CHARACTERS: Final = 262_144
"""Of a message: EventBridge sends no more."""
MOST_REASON: Final = 10_240
"""Of a reason and of its data: CloudWatch writes less than half of it."""
_YEARS: Final = range(2000, 3000)
_ARN: Final = re.compile(r"arn:aws[a-z-]*:cloudwatch:([a-z0-9-]+):([0-9]{12}):alarm:(.+)", re.S)


class _Sent(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True
    )


class Triggering(_Sent):
    """A child that set a composite off."""

    arn: str


class ReasonData(_Sent):
    """What the evaluation saw, as far as it is told."""

    triggering_alarms: tuple[Triggering, ...] = ()


def _unpack(text: Any) -> Any:
    """Return the JSON inside the string; nothing of it is needed, so nothing of it can fail."""
    try:
        return ReasonData.model_validate(read_json(str(text), MOST_REASON))
    except (InvalidInputError, ValidationError):
        return ReasonData()


def _dated(at: datetime) -> datetime:
    """Return the time in UTC; years that no arithmetic could leave are nobody's."""
    if at.year not in _YEARS:
        raise ValueError(f"a time between {_YEARS.start} and {_YEARS.stop}")
    return at.astimezone(UTC)


class State(_Sent):
    """The state that the alarm went into, and when."""

    value: Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
    reason: str = ""
    reason_data: Annotated[ReasonData, BeforeValidator(_unpack)] = ReasonData()
    timestamp: Annotated[AwareDatetime, AfterValidator(_dated)]
    actions_suppressed_by: str | None = None


def _tags(sent: Any) -> dict[str, str] | None:
    """Return the tags by key; None when they were not sent, or not so, and have to be asked for."""
    try:
        return {str(tag["Key"]): str(tag["Value"]) for tag in sent}
    except (KeyError, TypeError):
        return None


class Detail(_Sent):
    """The alarm. `alarm_tags` is None where the event does not carry them."""

    alarm_name: str = Field(min_length=1, max_length=255)
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
    def at(self) -> datetime:
        """Return when the alarm changed, in UTC."""
        return self.detail.state.timestamp

    @property
    def incident_id(self) -> str:
        """Return the id of the incident that this transition opens, the same on every delivery."""
        at = self.at.isoformat(timespec="microseconds")
        return digest([self.account, self.region, self.arn, at])[:32]


def parse(body: str) -> AlarmEvent:
    """Return the event in the queue message. Raises InvalidInputError that names the field."""
    try:
        sent = read_json(body, MOST_CHARACTERS)
    except InvalidInputError as error:
        raise InvalidInputError(f"body: {error}") from error
    try:
        event = AlarmEvent.model_validate(sent)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5])
        raise InvalidInputError(wrong) from error
    match = _ARN.fullmatch(event.arn)
    if not match or match.groups() != (event.region, event.account, event.detail.alarm_name):
        raise InvalidInputError("resources.0: not the ARN of this alarm, account and region")
    return event
