"""The common parts of all handlers: logger, tracer, metrics, settings, clients, clock, ids."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
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
"""The warmer's payload. It does no work and writes no event."""

AWS_CONFIG: Final = Config(
    connect_timeout=3,
    read_timeout=CALL_TIMEOUT_SECONDS,
    max_pool_connections=CONNECTION_POOLS["aws"],
    retries={"mode": "standard", "max_attempts": 3},
)
"""The configuration of every client: `boto3.client("sqs", config=AWS_CONFIG)`."""


def timestamp(value: Any) -> datetime:
    """Return the time of a service's response: seconds in UTC, anything else as botocore parses it.

    botocore converts seconds to the machine's own zone with dateutil, which takes thirty times as
    long: most of the cost of reading a few thousand points of a metric.
    """
    if isinstance(value, (int, float)):
        return datetime.fromtimestamp(value, UTC)
    return parse_timestamp(value)


def set_up_session() -> None:
    """Make every later client of `boto3.client` parse times with `timestamp`."""
    core = botocore.session.get_session()
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=timestamp)
    boto3.setup_default_session(botocore_session=core)


set_up_session()

logger: Final = Logger()
tracer: Final = Tracer(patch_modules=("botocore",))
"""All outgoing calls use botocore; other libraries need no patch."""
metrics: Final = Metrics(namespace="Quorum")

Handler = Callable[[dict[str, Any], LambdaContext], Any]


SETTINGS_FILE: Final = Path(__file__).parents[2] / "settings.json"
"""The settings that a package holds, because Lambda limits its environment variables to 4 KB."""


class Settings(BaseModel):
    """A function's settings, validated at cold start. A field EVENTS_TABLE reads EVENTS_TABLE.

    They are environment variables and the package's own file, whose values count where both have
    one. Values of fields that are not strings are parsed as JSON.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    @classmethod
    def from_env(cls) -> Self:
        """Read the settings. Raises InvalidInputError that names the invalid ones."""
        try:
            given = {**os.environ, **_packaged()}
            return cls.model_validate(
                {
                    name: given[name] if field.annotation is str else json.loads(given[name])
                    for name, field in cls.model_fields.items()
                    if name in given
                }
            )
        except json.JSONDecodeError as error:
            raise InvalidInputError(f"a setting is not JSON: {error}") from error
        except ValidationError as error:
            names = ", ".join(".".join(map(str, e["loc"])) for e in error.errors())
            raise InvalidInputError(f"settings {names}: set by the stacks") from error


def _packaged() -> dict[str, str]:
    if not SETTINGS_FILE.exists():
        return {}
    found: dict[str, str] = json.loads(SETTINGS_FILE.read_text())
    return found


def utc_now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return a random id."""
    return str(uuid4())


def entry(handler: Handler) -> Handler:
    """Wrap a handler with logs (by incident id), a trace and metrics; end warming events here."""

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
