"""Ownership of capacity by Application Auto Scaling, whose values Quorum does not change."""

from collections.abc import Sequence
from typing import Any, Protocol


class ScalingClient(Protocol):
    """The methods used of the Application Auto Scaling client."""

    def get_paginator(self, operation_name: str, /) -> Any:
        """Return a paginator."""
        ...


class Autoscaling:
    """Scalable targets; without a client there are none."""

    def __init__(self, client: ScalingClient | None) -> None:
        self._client = client

    def owns(self, namespace: str, resource_id: str) -> bool:
        """Return whether the resource is registered as a scalable target."""
        return resource_id in self.owned(namespace, [resource_id])

    def owned(self, namespace: str, resource_ids: Sequence[str]) -> set[str]:
        """Return those of the resources that are registered as scalable targets."""
        if self._client is None:
            return set()
        pages = self._client.get_paginator("describe_scalable_targets").paginate(
            ServiceNamespace=namespace, ResourceIds=[*resource_ids]
        )
        return {found["ResourceId"] for page in pages for found in page["ScalableTargets"]}
