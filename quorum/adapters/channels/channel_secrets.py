"""What each channel's secret in Secrets Manager holds, as JSON, and how it is read.

`base_url` is for whoever runs the service, or a stand-in for it, somewhere else.
"""

from collections.abc import Callable
from typing import Annotated, Final, TypeVar

import boto3
from aws_lambda_powertools.utilities.parameters import SecretsProvider
from aws_lambda_powertools.utilities.parameters.exceptions import (
    GetParameterError,
    TransformParameterError,
)
from botocore.config import Config
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from quorum.domain.errors import ChannelUnavailableError
from quorum.domain.slack_interactions import SlackApp

CACHED_SECONDS: Final = 300
"""A secret that was rotated is read again after this long."""

_ADDRESS: Final = r"^(https://[^\s/?#]+|http://(127\.0\.0\.1|localhost)(:\d+)?)(/[^\s?#]*)?$"
Address = Annotated[str, StringConstraints(pattern=_ADDRESS)]
"""Encrypted, unless it never leaves the machine."""


class _Secret(BaseModel):
    """Read once, shown never."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class SlackSecret(_Secret):
    """Of the app that is installed in the workspace."""

    token: Annotated[str, StringConstraints(pattern=r"^xox[a-z]-.+$")]
    channel: Annotated[str, StringConstraints(pattern=r"^[CG][A-Z0-9]{2,30}$")]
    """Id of the channel that is written to, not its name."""
    signing_secret: Annotated[str, StringConstraints(min_length=16)]
    team: Annotated[str, StringConstraints(pattern=r"^([TE][A-Z0-9]{2,30})?$")] = ""
    """The workspace, or its Grid organisation: presses from anywhere else are refused."""
    app: Annotated[str, StringConstraints(pattern=r"^(A[A-Z0-9]{2,30})?$")] = ""
    """The app's own id."""
    base_url: Address = "https://slack.com/api/"

    @property
    def address(self) -> str:
        """Return where it leads."""
        return self.base_url


class PagerDutySecret(_Secret):
    """Of the service's Events API v2 integration."""

    routing_key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{32}$")]
    base_url: Address = "https://events.pagerduty.com"

    @property
    def address(self) -> str:
        """Return where it leads."""
        return self.base_url


class WebhookSecret(_Secret):
    """Of anything that takes webhooks as https://www.standardwebhooks.com has them."""

    url: Address
    secret: Annotated[str, StringConstraints(pattern=r"^whsec_[A-Za-z0-9+/]{32,}={0,2}$")]

    @property
    def address(self) -> str:
        """Return where it leads."""
        return self.url


S = TypeVar("S", bound=_Secret)


def secrets(config: Config) -> SecretsProvider:
    """Return where secrets are read from; it keeps what it read."""
    return SecretsProvider(boto3_client=boto3.client("secretsmanager", config=config))


def reader(provider: SecretsProvider, name: str, kind: type[S]) -> Callable[[], S]:
    """Return what reads the secret, from the cache while that is fresh.

    It raises ChannelUnavailableError that names the secret and its fields, and shows no value.
    """

    def read() -> S:
        try:
            found = provider.get(name, max_age=CACHED_SECONDS, transform="json")
            return kind.model_validate(found)
        except (GetParameterError, TransformParameterError) as error:
            raise ChannelUnavailableError(
                f"secret {name}: {type(error).__name__}: it must hold JSON with {_fields(kind)}"
            ) from error
        except ValidationError as error:
            wrong = ", ".join(".".join(map(str, e["loc"])) or "JSON" for e in error.errors())
            raise ChannelUnavailableError(
                f"secret {name}: {wrong} does not fit: it must hold {_fields(kind)}"
            ) from None

    return read


def slack_app(provider: SecretsProvider, name: str) -> Callable[[], SlackApp]:
    """Return what tells which app we are in Slack, as its secret has it; see `reader`."""
    read = reader(provider, name, SlackSecret)

    def app() -> SlackApp:
        found = read()
        return SlackApp(found.signing_secret, found.team, found.app)

    return app


def _fields(kind: type[_Secret]) -> str:
    return ", ".join(name for name, field in kind.model_fields.items() if field.is_required())
