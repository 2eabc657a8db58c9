"""Settings of an SSM parameter: its version, and nothing derived from its value.

Not even a digest, from which a short secret can be guessed: the version shows a change. Of a plain
parameter also the earlier version that has the same value: then the newest one restored it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from quorum.adapters.resource_state.stack_updates import StackUpdates
from quorum.domain.changes import CHANGED_AT
from quorum.domain.evidence import Scalar
from quorum.domain.rollback_pins import pins

if TYPE_CHECKING:
    from mypy_boto3_ssm.client import SSMClient
    from mypy_boto3_ssm.type_defs import ParameterHistoryTypeDef


class SsmState:
    """Reads version, changed_at and pins.

    Also, where they apply: oldest_version (of the history), labelled, value_of (an earlier
    version) and deploying (its stack is changing).
    """

    def __init__(self, client: "SSMClient", stacks: StackUpdates | None = None) -> None:
        self._client, self._stacks = client, stacks or StackUpdates()

    def __call__(self, name: str, _alias: str | None) -> dict[str, Scalar] | None:
        """Return the settings; None when there is no such parameter."""
        pages = self._client.get_paginator("get_parameter_history").paginate(
            Name=name, WithDecryption=False
        )
        try:
            versions = [version for page in pages for version in page["Parameters"]]
        except self._client.exceptions.ParameterNotFound:
            return None
        listed = self._client.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)
        tags = {tag["Key"]: tag["Value"] for tag in listed.get("TagList", ())}
        newest = max(versions, key=lambda version: version["Version"])
        return {
            "version": newest["Version"],
            CHANGED_AT: int(newest["LastModifiedDate"].timestamp()),
            **_history(versions, newest),
            **({"deploying": True} if self._stacks.running(tags) else {}),
            **pins(tags),
        }


def _history(
    versions: Sequence["ParameterHistoryTypeDef"], newest: "ParameterHistoryTypeDef"
) -> dict[str, Scalar]:
    """Return what the history says of the newest version; secrets are not decrypted here."""
    oldest = min(version["Version"] for version in versions)
    same = [
        version["Version"]
        for version in versions
        if newest.get("Type") != "SecureString"
        and version["Version"] < newest["Version"]
        and version["Value"] == newest["Value"]
    ]
    return {
        **({"oldest_version": oldest} if oldest > 1 else {}),
        **({"labelled": True} if newest.get("Labels") else {}),
        **({"value_of": min(same)} if same else {}),
    }
