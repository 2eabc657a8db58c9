"""Rollouts of ECS services, which replace their tasks over minutes."""

from typing import TYPE_CHECKING

from quorum.adapters.aws.aws_errors import raising
from quorum.domain.errors import SourceUnavailableError
from quorum.ports.telemetry import NO_ROLLOUT, Rollout

if TYPE_CHECKING:
    from mypy_boto3_ecs.client import ECSClient

SERVICE = "ecs:"


class EcsRollouts:
    """A `RolloutSource` by DescribeServices; only ECS services have rollouts."""

    def __init__(self, client: "ECSClient") -> None:
        self._client = client

    def rollout(self, resource: str) -> Rollout:
        """Return the service's newest deployment; NO_ROLLOUT for any other resource."""
        if not resource.startswith(SERVICE):
            return NO_ROLLOUT
        cluster, _, service = resource.removeprefix(SERVICE).partition("/")
        with raising(SourceUnavailableError, f"rollout of {resource}"):
            answer = self._client.describe_services(cluster=cluster, services=[service])
        deployments = [d for found in answer["services"] for d in found.get("deployments", ())]
        primary = next((d for d in deployments if d["status"] == "PRIMARY"), None)
        if primary is None:
            return NO_ROLLOUT
        if len(deployments) > 1 or primary.get("rolloutState") == "IN_PROGRESS":
            return Rollout(running=True, ended_at=None)
        return Rollout(running=False, ended_at=primary["updatedAt"].timestamp())
