"""Somebody who runs code inside Quorum's functions, and so has what each of their roles may do."""

import json
from functools import cache
from typing import Any

from botocore.exceptions import ClientError
from localstack_client.session import Session

from functions.shared.adapters.dynamodb_table import DynamoDBTable
from local.clients import DEFAULTS, REGION
from local.emulator import ACCOUNT
from local.quorum import PREFIX, Quorum
from tests.e2e.corrections.cloud import zipped

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
        self._session = cache(self._break_in)

    def table(self, function: str, name: str) -> DynamoDBTable:
        """Return one of Quorum's tables as the function sees it."""
        return DynamoDBTable(self.client(function, "dynamodb"), f"{PREFIX}{name}")

    def _client(self, function: str, service: str) -> Any:
        return self._session(function).client(service, config=DEFAULTS)

    def _break_in(self, function: str) -> Session:
        functions, name = self._quorum.client("lambda"), f"intruder-{function}"
        functions.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="index.handler",
            Role=f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}{function}",
            Code={"ZipFile": zipped(HANDS_OVER)},
        )
        answer = functions.invoke(FunctionName=name)["Payload"].read()
        return Session(
            **json.loads(answer),
            region_name=REGION,
            localstack_host=self._quorum.endpoint.removeprefix("http://"),
        )


def denied(error: ClientError) -> bool:
    """Return whether IAM, or the key's policy, said no."""
    return "AccessDenied" in error.response["Error"]["Code"]
