"""Settings of an ECS service."""

from typing import TYPE_CHECKING

from quorum.adapters.resource_state.autoscaling import Autoscaling
from quorum.adapters.resource_state.ecs_rollouts import is_deploying
from quorum.adapters.resource_state.stack_updates import StackUpdates
from quorum.domain.evidence import Scalar
from quorum.domain.rollback_pins import pins

if TYPE_CHECKING:
    from mypy_boto3_ecs.client import ECSClient


class EcsState:
    """Reads task_definition (family:revision), desired, status, deploying, autoscaled and pins.

    Also the controller where that is not ECS itself: CODE_DEPLOY or EXTERNAL.
    """

    def __init__(
        self, client: "ECSClient", autoscaling: Autoscaling, stacks: StackUpdates | None = None
    ) -> None:
        self._client, self._autoscaling = client, autoscaling
        self._stacks = stacks or StackUpdates()

    def __call__(self, name: str, _alias: str | None) -> dict[str, Scalar] | None:
        """Return the settings of `cluster/service`; None when there is no such service."""
        cluster, _, service = name.partition("/")
        try:
            response = self._client.describe_services(
                cluster=cluster, services=[service], include=["TAGS"]
            )
        except self._client.exceptions.ClusterNotFoundException:
            return None
        active = next((item for item in response["services"] if item["status"] != "INACTIVE"), None)
        if active is None:
            return None
        tags = {tag["key"]: tag["value"] for tag in active.get("tags", ())}
        controller = active.get("deploymentController", {}).get("type", "ECS")
        return {
            "task_definition": active["taskDefinition"].rpartition("/")[2],
            "desired": active["desiredCount"],
            "status": active["status"],
            "deploying": is_deploying(active) or self._stacks.running(tags),
            **({} if controller == "ECS" else {"controller": controller}),
            **pins(tags),
            "autoscaled": self._autoscaling.owns("ecs", f"service/{cluster}/{service}"),
        }
