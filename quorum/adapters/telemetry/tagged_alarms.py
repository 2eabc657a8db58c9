"""Names of the alarms that have one of some tags, from the Resource Groups Tagging API."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from quorum.adapters.aws.aws_errors import raising
from quorum.domain.errors import SourceUnavailableError


class TaggingClient(Protocol):
    """The methods used of the Resource Groups Tagging API client."""

    def get_paginator(self, operation_name: str, /) -> Any:
        """Return a paginator."""
        ...


class TaggedAlarms:
    """An `AlarmNames`. One query per tag: the filters of one query would all have to hold."""

    def __init__(self, client: TaggingClient, tags: Mapping[str, str]) -> None:
        self._client, self._tags = client, tags

    def names(self) -> Sequence[str]:
        """Return the names without duplicates; none, and no call, without tags."""
        found: dict[str, None] = {}
        with raising(SourceUnavailableError, "alarms by tag"):
            for key, value in self._tags.items():
                pages = self._client.get_paginator("get_resources").paginate(
                    ResourceTypeFilters=["cloudwatch:alarm"],
                    TagFilters=[{"Key": key, "Values": [value]}],
                )
                for page in pages:
                    arns = (one["ResourceARN"] for one in page["ResourceTagMappingList"])
                    found |= dict.fromkeys(arn.partition(":alarm:")[2] for arn in arns)
        return tuple(found)
