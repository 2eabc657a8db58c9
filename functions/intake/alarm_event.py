"""CloudWatch's alarm state change event, of any kind of alarm.

AWS may add fields, so unknown ones are ignored here and nowhere else. The event also carries the
alarm's metrics and thresholds, but those are read from CloudWatch instead.
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
    TypeAdapter,
    ValidationError,
)
from pydantic.alias_generators import to_camel

from quorum.domain.canonical import digest
from quorum.domain.errors import InvalidInputError
from quorum.domain.untrusted_json import read_json

MAX_CHARACTERS: Final = 262_144
"""Of a message: EventBridge sends no more."""
MAX_REASON_CHARACTERS: Final = 10_240
"""Of a reason and of its data: CloudWatch writes less than half of it."""
_YEARS: Final = range(2000, 3000)
_ARN: Final = re.compile(r"arn:aws[a-z-]*:cloudwatch:([a-z0-9-]+):([0-9]{12}):alarm:(.+)", re.S)


class _SentModel(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True
    )


class TriggeringAlarm(_SentModel):
    """A child that triggered a composite."""

    arn: str


def _utc_time(at: datetime) -> datetime:
    """Return the time in UTC. Raises ValueError outside _YEARS: arithmetic could overflow."""
    if at.year not in _YEARS:
        raise ValueError(f"must be a time between {_YEARS.start} and {_YEARS.stop}")
    return at.astimezone(UTC)


UtcTime = Annotated[AwareDatetime, AfterValidator(_utc_time)]


class Datapoint(_SentModel):
    """A period that the alarm evaluated; without a value, nothing was delivered for it."""

    timestamp: UtcTime
    """The start of the period."""
    value: Annotated[float, Field(strict=True, allow_inf_nan=False)] | None = None


_DATAPOINTS: Final = TypeAdapter(tuple[Datapoint, ...], config=ConfigDict(defer_build=True))


def _datapoints(sent: Any) -> Any:
    """Return the datapoints, or none if any is malformed: none is required."""
    try:
        return _DATAPOINTS.validate_python(sent)
    except ValidationError:
        return ()


class ReasonData(_SentModel):
    """Data of the evaluation, as far as the event has it."""

    triggering_alarms: tuple[TriggeringAlarm, ...] = ()
    evaluated_datapoints: Annotated[tuple[Datapoint, ...], BeforeValidator(_datapoints)] = ()


def read_reason_data(text: Any) -> ReasonData:
    """Return the JSON inside the string, or no data if it is invalid: none is required."""
    try:
        return ReasonData.model_validate(read_json(str(text), MAX_REASON_CHARACTERS))
    except (InvalidInputError, ValidationError):
        return ReasonData()


def _text(sent: Any) -> Any:
    """Return the text; a null one is empty, as some kinds of alarms send no reason."""
    return "" if sent is None else sent


class AlarmState(_SentModel):
    """The alarm's new state, and the time of the change."""

    value: Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
    reason: Annotated[str, BeforeValidator(_text)] = ""
    reason_data: Annotated[ReasonData, BeforeValidator(read_reason_data)] = ReasonData()
    timestamp: UtcTime
    actions_suppressed_by: str | None = None


def _tags(sent: Any) -> dict[str, str] | None:
    """Return the tags by key; None if the event lacks them or they are malformed."""
    try:
        return {str(tag["Key"]): str(tag["Value"]) for tag in sent}
    except (KeyError, TypeError):
        return None


class Contributor(_SentModel):
    """One time series of an alarm on several: its id and the dimensions that it is grouped by."""

    id: str = Field(min_length=1, max_length=1024)
    attributes: dict[str, str] = Field(default_factory=dict, max_length=30)


def _muted(sent: Any) -> bool:
    """Return whether a mute rule covers the alarm; details of the rule do not matter."""
    return bool(sent)


class AlarmDetail(_SentModel):
    """The alarm. `alarm_tags` is None if the event does not carry them."""

    alarm_name: str = Field(min_length=1, max_length=255)
    state: AlarmState
    alarm_tags: Annotated[dict[str, str] | None, BeforeValidator(_tags)] = None
    muted: Annotated[bool, BeforeValidator(_muted)] = Field(default=False, alias="muteDetail")
    alarm_contributor: Contributor | None = None
    """The series that changed, in an event of a contributor alone."""


CONTRIBUTOR: Final = "CloudWatch Alarm Contributor State Change"


class AlarmEvent(_SentModel):
    """One state change of one alarm, or of one of the series that it compares."""

    detail_type: Literal[
        "CloudWatch Alarm State Change", "CloudWatch Alarm Contributor State Change"
    ] = Field(alias="detail-type")
    account: str
    region: str
    resources: tuple[str, ...] = Field(min_length=1)
    detail: AlarmDetail

    @property
    def arn(self) -> str:
        """Return the alarm's ARN."""
        return self.resources[0]

    @property
    def source(self) -> str:
        """Return the alarm's ARN; of a change of one of its series, with that one's digest."""
        series = self.detail.alarm_contributor
        return self.arn if series is None else f"{self.arn}#{digest(series.id)[:16]}"

    @property
    def at(self) -> datetime:
        """Return the time of the change, in UTC."""
        return self.detail.state.timestamp

    @property
    def incident_id(self) -> str:
        """Return the id of the incident that this change opens, the same on every delivery."""
        at = self.at.isoformat(timespec="microseconds")
        return digest([self.account, self.region, self.source, at])[:32]


def parse(body: str) -> AlarmEvent:
    """Return the event in the queue message. Raises InvalidInputError that names the field."""
    try:
        sent = read_json(body, MAX_CHARACTERS)
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
    if (event.detail_type == CONTRIBUTOR) != (event.detail.alarm_contributor is not None):
        raise InvalidInputError("detail.alarmContributor: belongs to a contributor's change alone")
    return event
