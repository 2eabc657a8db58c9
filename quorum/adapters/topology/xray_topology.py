"""Recent dependencies traced by X-Ray."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Protocol

from quorum.adapters.aws.aws_errors import raising
from quorum.domain.base import ResourceId
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.resources import resource_id
from quorum.domain.topology import ServiceMap, of_pairs
from quorum.ports.clock import Clock

WINDOW: Final = timedelta(hours=1)
KINDS: Final[Mapping[str, str]] = {
    "AWS::Lambda": "lambda",
    "AWS::Lambda::Function": "lambda",
    "AWS::DynamoDB::Table": "dynamodb",
    "AWS::SQS::Queue": "sqs",
}
"""Types of traced nodes that are supported resources; X-Ray shows a function as two nodes."""


class TracingClient(Protocol):
    """The methods used of the X-Ray client."""

    def get_paginator(self, operation_name: str, /) -> Any:
        """Return a paginator."""
        ...


class XRayTopology:
    """A `TopologySource`. Callers and callees of unsupported kinds are left out."""

    def __init__(self, client: TracingClient, now: Clock) -> None:
        self._client, self._now = client, now

    def service_map(self) -> ServiceMap:
        """Return the calls between resources within the last hour."""
        end = self._now()
        with raising(SourceUnavailableError, "X-Ray's service graph"):
            pages = self._client.get_paginator("get_service_graph").paginate(
                StartTime=end - WINDOW, EndTime=end
            )
            nodes = [node for page in pages for node in page["Services"]]
        by_id = {node["ReferenceId"]: resource for node in nodes if (resource := _resource(node))}
        pairs = (
            (by_id[node["ReferenceId"]], by_id[edge["ReferenceId"]])
            for node in nodes
            for edge in node.get("Edges", ())
            if node["ReferenceId"] in by_id and edge["ReferenceId"] in by_id
        )
        return of_pairs(pairs, "traces")


def _resource(node: Mapping[str, Any]) -> ResourceId | None:
    kind = KINDS.get(node.get("Type", ""))
    name = str(node.get("Name", ""))
    return resource_id(kind, name.rpartition("/")[2]) if kind else None
