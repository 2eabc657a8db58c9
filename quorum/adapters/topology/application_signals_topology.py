"""Dependencies discovered by CloudWatch Application Signals."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final, Protocol

from quorum.adapters.aws.aws_errors import raising
from quorum.domain.base import ResourceId
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.resources import resource_id
from quorum.domain.topology import ServiceMap, of_pairs
from quorum.ports.clock import Clock

WINDOW: Final = timedelta(hours=1)
MOST_SERVICES: Final = 50
"""One API call each: more would take longer than the time for evidence."""
KINDS: Final[Mapping[str, str]] = {
    "AWS::Lambda::Function": "lambda",
    "AWS::DynamoDB::Table": "dynamodb",
    "AWS::SQS::Queue": "sqs",
}

Attributes = Mapping[str, str]


class SignalsClient(Protocol):
    """The methods used of the Application Signals client."""

    def get_paginator(self, operation_name: str, /) -> Any:
        """Return a paginator."""
        ...


class ApplicationSignalsTopology:
    """A `TopologySource`. Of the services only functions count, recognised by their environment."""

    def __init__(self, client: SignalsClient, now: Clock) -> None:
        self._client, self._now = client, now

    def service_map(self) -> ServiceMap:
        """Return the calls between resources within the last hour."""
        with raising(SourceUnavailableError, "Application Signals"):
            return of_pairs(self._pairs(), "traces")

    def _pairs(self) -> Iterator[tuple[ResourceId, ResourceId]]:
        services = [
            item["KeyAttributes"] for item in self._all("list_services", "ServiceSummaries")
        ]
        functions = [(key, resource) for key in services if (resource := _resource(key))]
        for key, caller in functions[:MOST_SERVICES]:
            service = {"KeyAttributes": dict(key)}
            for item in self._all("list_service_dependencies", "ServiceDependencies", **service):
                callee = _resource(item["DependencyKeyAttributes"])
                if callee is not None:
                    yield caller, callee

    def _all(self, operation: str, field: str, **parameters: Any) -> list[Any]:
        end = self._now()
        pages = self._client.get_paginator(operation).paginate(
            StartTime=end - WINDOW, EndTime=end, **parameters
        )
        return [item for page in pages for item in page[field]]


def _resource(key: Attributes) -> ResourceId | None:
    if key.get("Type") in {"Resource", "AWS::Resource"}:
        kind = KINDS.get(key.get("ResourceType", ""))
        name = key.get("Identifier", "").rpartition("/")[2]
        return resource_id(kind, name) if kind else None
    if key.get("Environment", "").startswith("lambda:"):
        return resource_id("lambda", key.get("Name", ""))
    return None
