"""Dependencies from the tag `quorum:depends-on`: resource ids separated by spaces."""

from typing import Any, Protocol

from quorum.adapters.aws.aws_errors import raising
from quorum.domain.base import RESOURCE_PATTERN
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.resources import of_arn
from quorum.domain.topology import TAG, Service, ServiceMap


class TaggingClient(Protocol):
    """The methods used of the Resource Groups Tagging API client."""

    def get_paginator(self, operation_name: str, /) -> Any:
        """Return a paginator."""
        ...


class TagTopology:
    """A `TopologySource`. Resources of unsupported kinds are left out."""

    def __init__(self, client: TaggingClient) -> None:
        self._client = client

    def service_map(self) -> ServiceMap:
        """Return the map. Raises SourceUnavailableError for an invalid resource id."""
        services: dict[str, Service] = {}
        with raising(SourceUnavailableError, f"tags {TAG}"):
            pages = self._client.get_paginator("get_resources").paginate(TagFilters=[{"Key": TAG}])
            for mapping in (item for page in pages for item in page["ResourceTagMappingList"]):
                resource = of_arn(mapping["ResourceARN"])
                if resource is not None:
                    callees = _callees(resource, mapping["Tags"])
                    services[resource] = Service(
                        resource=resource,
                        depends_on=callees,
                        source="tags",
                    )
        return ServiceMap(services=tuple(services[resource] for resource in sorted(services)))


def _callees(resource: str, tags: list[dict[str, str]]) -> tuple[str, ...]:
    names = [name for tag in tags if tag["Key"] == TAG for name in tag["Value"].split()]
    invalid = [name for name in names if not RESOURCE_PATTERN.fullmatch(name)]
    if invalid:
        raise SourceUnavailableError(
            f"tag {TAG} of {resource}: {invalid[0]!r} is not a resource id"
        )
    return tuple(dict.fromkeys(names))
