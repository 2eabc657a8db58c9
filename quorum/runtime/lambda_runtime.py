"""What every handler is wired with: logger, tracer, metrics, settings, clients, clock and ids."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Final, Self
from uuid import uuid4

import boto3
import botocore.session
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config
from botocore.utils import parse_timestamp
from pydantic import BaseModel, ConfigDict, ValidationError

from quorum.domain.constants import CALL_TIMEOUT_SECONDS, CONNECTION_POOLS
from quorum.domain.errors import InvalidInputError

WARMING: Final = {"quorum": "warm"}
"""What the warmer sends. It does no work and writes no fact."""

AWS_CONFIG: Final = Config(
    connect_timeout=3,
    read_timeout=CALL_TIMEOUT_SECONDS,
    max_pool_connections=CONNECTION_POOLS["aws"],
    retries={"mode": "standard", "max_attempts": 3},
)
"""For every client: `boto3.client("sqs", config=AWS_CONFIG)`."""


def timestamp(value: Any) -> datetime:
    """Return the time of a service's answer; of seconds in UTC, else as botocore reads it.

    botocore puts seconds into the machine's own zone, by dateutil, which takes thirty times as
    long: of a few thousand points of a metric that is most of what they cost.
    """
    if isinstance(value, (int, float)):
        return datetime.fromtimestamp(value, UTC)
    return parse_timestamp(value)


def set_up_session() -> None:
    """Have every client that `boto3.client` makes from now on read times by `timestamp`."""
    core = botocore.session.get_session()
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=timestamp)
    boto3.setup_default_session(botocore_session=core)


set_up_session()

logger: Final = Logger()
tracer: Final = Tracer(patch_modules=("botocore",))
"""Whatever leaves a function leaves by botocore; other libraries need no look."""
metrics: Final = Metrics(namespace="Quorum")

Handler = Callable[[dict[str, Any], LambdaContext], Any]


class Settings(BaseModel):
    """Environment variables, validated at cold start. A field EVENTS_TABLE reads EVENTS_TABLE.

    A field that is not a string is read as JSON.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    @classmethod
    def from_env(cls) -> Self:
        """Read the environment. Raises InvalidInputError that names the variables."""
        try:
            return cls.model_validate(
                {
                    name: os.environ[name]
                    if field.annotation is str
                    else json.loads(os.environ[name])
                    for name, field in cls.model_fields.items()
                    if name in os.environ
                }
            )
        except json.JSONDecodeError as error:
            raise InvalidInputError(f"an environment variable is not JSON: {error}") from error
        except ValidationError as error:
            wrong = ", ".join(".".join(map(str, e["loc"])) for e in error.errors())
            raise InvalidInputError(f"environment variables {wrong}: set by the stacks") from error


def utc_now() -> datetime:
    """Return the time, with its zone."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return a random id."""
    return str(uuid4())


def entry(handler: Handler) -> Handler:
    """Wrap a handler: logs with the incident's id, a trace, metrics; a warming event ends here."""

    @logger.inject_lambda_context(clear_state=True)
    @tracer.capture_lambda_handler(capture_response=False, capture_error=False)
    @metrics.log_metrics(raise_on_empty_metrics=False)
    def wrapped(event: dict[str, Any], context: LambdaContext) -> Any:
        if isinstance(event.get("incident_id"), str):
            logger.append_keys(incident_id=event["incident_id"])
        return handler(event, context)

    @wraps(handler)
    def lambda_handler(event: dict[str, Any], context: LambdaContext) -> Any:
        return {"warm": True} if event == WARMING else wrapped(event, context)

    return lambda_handler
