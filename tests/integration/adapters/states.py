"""Expected settings, and a function to read, for the tests of resource state."""

import io
import zipfile
from typing import Any

import boto3
from botocore.config import Config

from quorum.adapters.resource_state.aws_state import AwsState, aws_state

ROLE = "arn:aws:iam::123456789012:role/checkout"


def source() -> AwsState:
    """Return the source on moto."""
    return aws_state(Config(), autoscaling=True)


def settings(resource: str, alias: str | None = None) -> Any:
    """Return the resource's settings."""
    state = source().state(resource, alias)
    assert state is not None
    assert state.resource == resource
    return state.settings


def function(*aliases: str) -> Any:
    """Create the function with two versions and these aliases, all on the first."""
    boto3.client("iam").create_role(RoleName="checkout", AssumeRolePolicyDocument="{}")
    client = boto3.client("lambda")
    client.create_function(
        FunctionName="checkout",
        Runtime="python3.13",
        Role=ROLE,
        Handler="handler.handler",
        Code={"ZipFile": _code("return event")},
        Publish=True,
    )
    client.update_function_code(FunctionName="checkout", ZipFile=_code("return None"), Publish=True)
    for alias in aliases:
        client.create_alias(FunctionName="checkout", Name=alias, FunctionVersion="1")
    return client


def _code(body: str) -> bytes:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("handler.py", f"def handler(event, context): {body}")
    return code.getvalue()
