"""The operator's configuration, read from the CDK context and validated at synth.

    cdk synth -c stage=prod -c alarm_prefixes='["checkout-"]'

Values on the command line are text; those of keys that are not text are parsed as JSON. The CDK's
own keys are ignored.
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
from quorum.domain.embedding_models import V2, embedding_model
from quorum.domain.memory_entries import EmbeddingModel
from quorum.domain.notification_routes import ChannelName, Routes
from quorum.domain.people import People
from stacks.config_rules import (
    EXPLAINED,
    MemoryChoice,
    check_autonomy,
    check_channels,
    check_embedding,
    check_issuer,
    check_memory,
    check_parameters,
    check_prefixes,
    check_together,
    check_watch,
    explain,
)
from stacks.stages import STAGES, Stage, StageName

LAPTOPS_ISSUER: Final = "http://127.0.0.1:4577"
LAPTOPS_CLIENT: Final = "laptop"
"""Issuer and audience of tokens in stage local, which has no user pool."""
CDK_KEYS: Final = ("aws:", "@aws-cdk", "aws-cdk", "cdk-")

WatchPattern = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]{2,24}:[A-Za-z0-9_./:*?-]{1,200}$")
]
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

Quota = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
EncryptionKey = Annotated[
    str,
    StringConstraints(
        pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]{5,30}:\d{12}:key/[A-Za-z0-9-]{1,80}$"
    ),
]


class ConfigError(ValueError):
    """An invalid context; the message has one line per key, with the allowed values."""


class Config(BaseModel):
    """Every setting of the operator; `EXPLAINED` has the allowed values of each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: StageName = "dev"
    alarm_prefixes: tuple[Prefix, ...] = ()
    alarm_tags: dict[TagKey, TagValue] = Field(default_factory=dict, max_length=10)
    watch: tuple[WatchPattern, ...] = ("lambda:*", "dynamodb:*", "sqs:*", "ecs:*")
    log_groups: tuple[LogGroup, ...] = ("/aws/lambda/*",)
    autonomy: tuple[Rule, ...] = ()
    encryption_keys: tuple[EncryptionKey, ...] = Field(default=(), max_length=20)
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
    memory: MemoryChoice = "dynamodb"
    memory_endpoint: Loopback | None = None
    embedding_model: ModelId = V2
    embedding_dimensions: int | None = Field(default=None, strict=True)
    service_map_parameter: ParameterName = "/quorum/service-map"
    traces: Literal["none", "xray", "application-signals"] = "none"
    audit_trail: bool | None = Field(default=None, strict=True)
    approval_seconds: Seconds | None = None
    recovery_windows: Windows = 6
    recovery_cap_seconds: CapSeconds = 3000
    provisioned_concurrency: Environments = 0
    door_concurrency: Environments = 5
    concurrency_quota: Quota | None = None

    @classmethod
    def from_context(cls, context: Mapping[str, Any]) -> Self:
        """Parse and validate the context. Raises ConfigError with one line per invalid key."""
        ours = {key: value for key, value in context.items() if not key.startswith(CDK_KEYS)}
        try:
            return cls.model_validate({key: _parse(key, value) for key, value in ours.items()})
        except ValidationError as error:
            raise ConfigError("\n".join(dict.fromkeys(map(explain, error.errors())))) from error

    @property
    def machinery(self) -> Stage:
        """Return the settings that follow from the stage."""
        return STAGES[self.stage]

    @property
    def approval(self) -> int:
        """Return the time to answer an approval request, in seconds."""
        return self.approval_seconds or self.machinery.approval

    @property
    def routes(self) -> Routes:
        """Return the notification routes; without `channels`, mail if there is an address."""
        by_mail: tuple[ChannelName, ...] = ("email",) if self.mail_to else ()
        return Routes(
            channels=by_mail if self.channels is None else self.channels, pages=self.pages
        )

    @property
    def embedding(self) -> EmbeddingModel:
        """Return the embedding model of the memory, with the length of its vectors."""
        return embedding_model(self.embedding_model, self.embedding_dimensions)

    @property
    def audited(self) -> bool:
        """Return whether CloudTrail is queried for changes; by default on AWS, where it exists."""
        return self.machinery.on_aws if self.audit_trail is None else self.audit_trail

    _check_watch = field_validator("watch")(check_watch)
    _check_prefixes = field_validator("alarm_prefixes")(check_prefixes)
    _check_autonomy = field_validator("autonomy")(check_autonomy)

    @model_validator(mode="after")
    def _together(self) -> Self:
        check_together("model_id", self.model_id, "model_region", self.model_region)
        check_together("mail_from", self.mail_from, "mail_to", self.mail_to)
        check_parameters(self.watch, self.autonomy)
        check_issuer(self.token_issuer, on_aws=self.machinery.on_aws)
        check_memory(self.memory, self.memory_endpoint, on_aws=self.machinery.on_aws)
        check_embedding(self.memory, self.embedding_model, self.embedding_dimensions)
        check_channels(self.routes, self.channel_secrets, mail=bool(self.mail_to))
        return self


def _parse(key: str, value: Any) -> Any:
    """Parse the text of a non-text key as JSON; return invalid JSON unchanged for the model."""
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
        "memory",
        "memory_endpoint",
        "embedding_model",
        "service_map_parameter",
        "traces",
        "console_url",
        "token_issuer",
    }
)
assert set(EXPLAINED) == set(Config.model_fields)  # noqa: S101 - both list every key
