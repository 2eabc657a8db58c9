"""Settings of an SSM parameter: its version and a digest of its value, never the value."""

from hashlib import sha256
from typing import TYPE_CHECKING

from functions.shared.domain.changes import CHANGED_AT
from functions.shared.domain.evidence import Scalar
from functions.shared.domain.pins import pins

if TYPE_CHECKING:
    from mypy_boto3_ssm.client import SSMClient


class SsmState:
    """Reads version, changed_at, value_digest and pins. A secret is digested as it is encrypted."""

    def __init__(self, client: "SSMClient") -> None:
        self._client = client

    def __call__(self, name: str, _alias: str | None) -> dict[str, Scalar] | None:
        """Return the settings; None when there is no such parameter."""
        pages = self._client.get_paginator("get_parameter_history").paginate(
            Name=name, WithDecryption=False
        )
        try:
            versions = [one for page in pages for one in page["Parameters"]]
        except self._client.exceptions.ParameterNotFound:
            return None
        tags = self._client.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)
        newest = max(versions, key=lambda one: one["Version"])
        return {
            "version": newest["Version"],
            CHANGED_AT: int(newest["LastModifiedDate"].timestamp()),
            **pins({tag["Key"]: tag["Value"] for tag in tags.get("TagList", ())}),
            "value_digest": sha256(newest["Value"].encode()).hexdigest(),
        }
