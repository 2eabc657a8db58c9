"""Settings of an SSM parameter: its version, and nothing derived from its value.

Not even a digest, from which a short secret can be guessed: the version shows a change.
"""

from typing import TYPE_CHECKING

from quorum.domain.changes import CHANGED_AT
from quorum.domain.evidence import Scalar
from quorum.domain.rollback_pins import pins

if TYPE_CHECKING:
    from mypy_boto3_ssm.client import SSMClient


class SsmState:
    """Reads version, changed_at and pins; nothing derived from the value."""

    def __init__(self, client: "SSMClient") -> None:
        self._client = client

    def __call__(self, name: str, _alias: str | None) -> dict[str, Scalar] | None:
        """Return the settings; None when there is no such parameter."""
        pages = self._client.get_paginator("get_parameter_history").paginate(
            Name=name, WithDecryption=False
        )
        try:
            versions = [version for page in pages for version in page["Parameters"]]
        except self._client.exceptions.ParameterNotFound:
            return None
        tags = self._client.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)
        newest = max(versions, key=lambda version: version["Version"])
        return {
            "version": newest["Version"],
            CHANGED_AT: int(newest["LastModifiedDate"].timestamp()),
            **pins({tag["Key"]: tag["Value"] for tag in tags.get("TagList", ())}),
        }
