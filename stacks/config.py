"""The operator's configuration: cdk context, validated at synth.

    cdk synth -c stage=prod -c alarm_prefixes='["checkout-"]'

The command line gives text; whatever is not text is read as JSON. Keys of the CDK's own are not
ours to judge.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from quorum.domain.autonomy import Rule
from quorum.domain.notification_routes import ChannelName, Routes
from quorum.domain.people import People
from quorum.domain.resource_patterns import Pattern
from stacks.config_rules import (
    EXPLAINED,
    check_autonomy,
    check_channels,
    check_issuer,
    check_parameters,
    check_prefixes,
    check_together,
    explain,
)
from stacks.stages import STAGES, Stage, StageName

LAPTOPS_ISSUER: Final = "http://127.0.0.1:4577"
LAPTOPS_CLIENT: Final = "laptop"
"""Who signs people in where no pool does, and whom those tokens are for."""
CDK_KEYS: Final = ("aws:", "@aws-cdk", "aws-cdk", "cdk-")

Prefix = Annotated[str, StringConstraints(min_length=1, max_length=200)]
TagKey = Annotated[str, StringConstraints(min_length=1, max_length=128)]
TagValue = Annotated[str, StringConstraints(max_length=256)]
LogGroup = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_./#*-]{1,512}$")]
Address = Annotated[str, StringConstraints(pattern=r"^[^@\s]{1,64}@[A-Za-z0-9.-]{1,255}$")]
ModelId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.:-]{3,200}$")]
Region = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
ParameterName = Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9_./-]{1,500}$")]
SecretName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9/_+=.@-]{1,500}$")]
Url = Annotated[
    str,
    StringConstraints(
        pattern=r"^(https://[A-Za-z0-9.-]+|http://(127\.0\.0\.1|localhost))(:\d+)?(/[A-Za-z0-9._/-]*)?$"
    ),
]
Loopback = Annotated[str, StringConstraints(pattern=r"^http://127\.0\.0\.1:\d{1,5}$")]
Seconds = Annotated[int, Field(strict=True, ge=60, le=86_400)]
Windows = Annotated[int, Field(strict=True, ge=1, le=60)]
CapSeconds = Annotated[int, Field(strict=True, ge=60, le=3300)]
Tokens = Annotated[int, Field(strict=True, ge=10_000, le=1_000_000_000)]
Environments = Annotated[int, Field(strict=True, ge=0, le=50)]


class ConfigError(ValueError):
    """The context does not fit; the message names the key and what it may be."""


class Config(BaseModel):
    """What an operator may set; `EXPLAINED` says what each may be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: StageName = "dev"
    alarm_prefixes: tuple[Prefix, ...] = ()
    alarm_tags: dict[TagKey, TagValue] = Field(default_factory=dict, max_length=10)
    watch: tuple[Pattern, ...] = ("lambda:*", "dynamodb:*", "sqs:*", "ecs:*")
    log_groups: tuple[LogGroup, ...] = ("/aws/lambda/*",)
    autonomy: tuple[Rule, ...] = ()
    mail_from: Address | None = None
    mail_to: tuple[Address, ...] = Field(default=(), max_length=50)
    channels: tuple[ChannelName, ...] | None = None
    pages: tuple[ChannelName, ...] = ()
    channel_secrets: dict[ChannelName, SecretName] = Field(default_factory=dict)
    console_url: Url | None = None
    people: People = People()
    token_issuer: Loopback | None = None
    model_id: ModelId | None = None
    model_region: Region | None = None
    model_daily_tokens: Tokens = 1_000_000
    service_map_parameter: ParameterName = "/quorum/service-map"
    traces: Literal["none", "xray", "application-signals"] = "none"
    audit_trail: bool | None = Field(default=None, strict=True)
    approval_seconds: Seconds | None = None
    recovery_windows: Windows = 6
    recovery_cap_seconds: CapSeconds = 3000
    provisioned_concurrency: Environments = 0
    door_concurrency: Environments = 5

    @classmethod
    def from_context(cls, context: Mapping[str, Any]) -> Self:
        """Read the context. Raises ConfigError, with one line per key that does not fit."""
        ours = {key: value for key, value in context.items() if not key.startswith(CDK_KEYS)}
        try:
            return cls.model_validate({key: _parse(key, value) for key, value in ours.items()})
        except ValidationError as error:
            raise ConfigError("\n".join(dict.fromkeys(map(explain, error.errors())))) from error

    @property
    def machinery(self) -> Stage:
        """What the stage decides."""
        return STAGES[self.stage]

    @property
    def approval(self) -> int:
        """Seconds that a person has to answer."""
        return self.approval_seconds or self.machinery.approval

    @property
    def routes(self) -> Routes:
        """How people are told: by mail, when nothing else is said and there is an address."""
        by_mail: tuple[ChannelName, ...] = ("email",) if self.mail_to else ()
        return Routes(
            channels=by_mail if self.channels is None else self.channels, pages=self.pages
        )

    @property
    def audited(self) -> bool:
        """Whether CloudTrail is asked who made a change: every account on AWS has one."""
        return self.machinery.on_aws if self.audit_trail is None else self.audit_trail

    _check_prefixes = field_validator("alarm_prefixes")(check_prefixes)
    _check_autonomy = field_validator("autonomy")(check_autonomy)

    @model_validator(mode="after")
    def _together(self) -> Self:
        check_together("model_id", self.model_id, "model_region", self.model_region)
        check_together("mail_from", self.mail_from, "mail_to", self.mail_to)
        check_parameters(self.watch, self.autonomy)
        check_issuer(self.token_issuer, on_aws=self.machinery.on_aws)
        check_channels(self.routes, self.channel_secrets, mail=bool(self.mail_to))
        return self


def _parse(key: str, value: Any) -> Any:
    """Read text as JSON where the key does not take text; leave what is no JSON for the model."""
    field = Config.model_fields.get(key)
    if field is None or not isinstance(value, str) or key in _TEXTS:
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


_TEXTS: Final = frozenset(
    {
        "stage",
        "mail_from",
        "model_id",
        "model_region",
        "service_map_parameter",
        "traces",
        "console_url",
        "token_issuer",
    }
)
assert set(EXPLAINED) == set(Config.model_fields)  # noqa: S101 - two tables of the same keys
