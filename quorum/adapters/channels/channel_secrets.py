"""The JSON content of each channel's secret in Secrets Manager, and its reader.

`base_url` is for a self-hosted service, or for a stand-in on the laptop.
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
"""A rotated secret is read again after this many seconds."""

_ADDRESS: Final = r"^(https://[^\s/?#]+|http://(127\.0\.0\.1|localhost)(:\d+)?)(/[^\s?#]*)?$"
Address = Annotated[str, StringConstraints(pattern=_ADDRESS)]
"""HTTPS, except on the machine itself."""


class _Secret(BaseModel):
    """A secret's content; no error message shows it."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class SlackSecret(_Secret):
    """The app that is installed in the workspace."""

    token: Annotated[str, StringConstraints(pattern=r"^xox[a-z]-.+$")]
    channel: Annotated[str, StringConstraints(pattern=r"^[CG][A-Z0-9]{2,30}$")]
    """Id, not name, of the channel that receives the messages."""
    signing_secret: Annotated[str, StringConstraints(min_length=16)]
    team: Annotated[str, StringConstraints(pattern=r"^([TE][A-Z0-9]{2,30})?$")] = ""
    """The workspace, or its Grid organisation: presses from any other are refused."""
    app: Annotated[str, StringConstraints(pattern=r"^(A[A-Z0-9]{2,30})?$")] = ""
    """The app's own id."""
    base_url: Address = "https://slack.com/api/"

    @property
    def address(self) -> str:
        """Return the address that messages are sent to."""
        return self.base_url


class PagerDutySecret(_Secret):
    """The service's Events API v2 integration."""

    routing_key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{32}$")]
    base_url: Address = "https://events.pagerduty.com"

    @property
    def address(self) -> str:
        """Return the address that messages are sent to."""
        return self.base_url


class WebhookSecret(_Secret):
    """A receiver of webhooks as https://www.standardwebhooks.com specifies them."""

    url: Address
    secret: Annotated[str, StringConstraints(pattern=r"^whsec_[A-Za-z0-9+/]{32,}={0,2}$")]

    @property
    def address(self) -> str:
        """Return the address that messages are sent to."""
        return self.url


S = TypeVar("S", bound=_Secret)


def secrets(config: Config) -> SecretsProvider:
    """Return a caching reader of Secrets Manager."""
    return SecretsProvider(boto3_client=boto3.client("secretsmanager", config=config))


def reader(provider: SecretsProvider, name: str, kind: type[S]) -> Callable[[], S]:
    """Return a function that reads the secret, from the cache while that is fresh.

    It raises ChannelUnavailableError, which names the secret and its fields and shows no value.
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
    """Return a function that reads Quorum's Slack app from its secret; see `reader`."""
    read = reader(provider, name, SlackSecret)

    def app() -> SlackApp:
        found = read()
        return SlackApp(found.signing_secret, found.team, found.app)

    return app


def _fields(kind: type[_Secret]) -> str:
    return ", ".join(name for name, field in kind.model_fields.items() if field.is_required())
