"""Ownership of capacity by Application Auto Scaling, whose values Quorum does not change."""

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
        if self._client is None:
            return False
        pages = self._client.get_paginator("describe_scalable_targets").paginate(
            ServiceNamespace=namespace, ResourceIds=[resource_id]
        )
        return any(page["ScalableTargets"] for page in pages)
