"""An intruder with code in Quorum's functions, and so with all permissions of their roles."""

import json
from functools import cache
from typing import Any

import boto3
from botocore.exceptions import ClientError

from local.clients import DEFAULTS, REGION
from local.emulator import ACCOUNT
from local.quorum import PREFIX, Quorum
from quorum.adapters.dynamodb.table import DynamoDBTable
from tests.e2e.emulator_patches.cloud import zipped

HANDS_OVER = """
import os
def handler(event, context):
    names = ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN")
    return {f"aws_{name.lower()}": os.environ[f"AWS_{name}"] for name in names}
"""


class Intruder:
    """Clients with the credentials of a function's role, by the function's name.

    A role trusts Lambda alone, so they are those that Lambda gives to code that runs as the role.
    """

    def __init__(self, quorum: Quorum) -> None:
        self._quorum = quorum
        self.client = cache(self._client)
        self._credentials = cache(self._break_in)

    def table(self, function: str, name: str) -> DynamoDBTable:
        """Return one of Quorum's tables as the function sees it."""
        return DynamoDBTable(self.client(function, "dynamodb"), f"{PREFIX}{name}")

    def _client(self, function: str, service: str) -> Any:
        endpoint, given = self._quorum.endpoint, self._credentials(function)
        return boto3.client(
            service,  # type: ignore[call-overload] # any of them
            endpoint_url=endpoint,
            region_name=REGION,
            config=DEFAULTS,
            **given,
        )

    def _break_in(self, function: str) -> dict[str, str]:
        functions, name = self._quorum.client("lambda"), f"intruder-{function}"
        functions.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="index.handler",
            Role=f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}{function}",
            Code={"ZipFile": zipped(HANDS_OVER)},
        )
        return dict(json.loads(functions.invoke(FunctionName=name)["Payload"].read()))


def denied(error: ClientError) -> bool:
    """Return whether IAM, or the key's policy, said no."""
    return "AccessDenied" in error.response["Error"]["Code"]
