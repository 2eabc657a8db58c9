"""Rollouts of ECS services, which replace their tasks over minutes."""

from typing import TYPE_CHECKING, Any

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
        if any(is_deploying(found) for found in answer["services"]):
            return Rollout(running=True, ended_at=None)
        return Rollout(running=False, ended_at=primary["updatedAt"].timestamp())


def is_deploying(service: Any) -> bool:
    """Return whether a deployment of the described service is in progress.

    Under CodeDeploy and external controllers a service has task sets in place of deployments.
    """
    deployments, sets = service.get("deployments", ()), service.get("taskSets", ())
    rolling = any(found.get("rolloutState") == "IN_PROGRESS" for found in deployments)
    unstable = any(found.get("stabilityStatus") == "STABILIZING" for found in sets)
    return rolling or unstable or len(deployments) > 1 or len(sets) > 1
