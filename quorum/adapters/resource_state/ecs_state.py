"""Settings of an ECS service."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from quorum.adapters.resource_state.autoscaling import Autoscaling
from quorum.adapters.resource_state.described_requests import Home, resources_in
from quorum.adapters.resource_state.ecs_rollouts import is_deploying
from quorum.adapters.resource_state.readers import (
    EXPECTED,
    Answer,
    ManyReader,
    Settings,
    Targets,
    attempt,
)
from quorum.adapters.resource_state.stack_updates import StackUpdates
from quorum.domain.resource_settings import CALLED_BY, joined
from quorum.domain.rollback_pins import pins

if TYPE_CHECKING:
    from mypy_boto3_ecs.client import ECSClient

MOST_SERVICES: Final = 10
"""Services in one request, which is about one cluster."""


class EcsState(ManyReader):
    """Reads task_definition (family:revision), desired, status, deploying, autoscaled and pins.

    Also the controller where that is not ECS itself: CODE_DEPLOY or EXTERNAL; and called_by: the
    target groups that send requests to it.
    """

    def __init__(
        self,
        client: "ECSClient",
        autoscaling: Autoscaling,
        stacks: StackUpdates | None = None,
        home: Home | None = None,
    ) -> None:
        self._client, self._autoscaling = client, autoscaling
        self._stacks, self._home = stacks or StackUpdates(), home

    def read(self, targets: Targets) -> Mapping[str, Answer]:
        """Return an answer for each `cluster/service`; None when there is no such service."""
        clusters: dict[str, list[str]] = {}
        for name in sorted(targets):
            clusters.setdefault(name.partition("/")[0], []).append(name)
        return {
            name: answer
            for cluster, names in clusters.items()
            for start in range(0, len(names), MOST_SERVICES)
            for name, answer in self._some(cluster, names[start : start + MOST_SERVICES]).items()
        }

    def _some(self, cluster: str, names: Sequence[str]) -> dict[str, Answer]:
        """Return the answers of one request; one that fails is sent for each service alone."""
        services = {name.partition("/")[2]: name for name in names}
        try:
            response = self._client.describe_services(
                cluster=cluster, services=[*services], include=["TAGS"]
            )
            found = {one["serviceName"]: one for one in response["services"]}
        except self._client.exceptions.ClusterNotFoundException:
            return dict.fromkeys(names)
        except EXPECTED as error:
            if len(names) == 1:
                return {names[0]: error}
            return {name: self._some(cluster, [name])[name] for name in names}
        return {
            name: attempt(partial(self._settings, cluster, found.get(service)))
            for service, name in services.items()
        }

    def _settings(self, cluster: str, active: Any) -> Settings | None:
        if active is None or active["status"] == "INACTIVE":
            return None
        tags = {tag["key"]: tag["value"] for tag in active.get("tags", ())}
        controller = active.get("deploymentController", {}).get("type", "ECS")
        return {
            "task_definition": active["taskDefinition"].rpartition("/")[2],
            "desired": active["desiredCount"],
            "status": active["status"],
            "deploying": is_deploying(active) or self._stacks.running(tags),
            **({} if controller == "ECS" else {"controller": controller}),
            **joined(CALLED_BY, _groups(active, self._home)),
            **pins(tags),
            "autoscaled": self._autoscaling.owns(
                "ecs", f"service/{cluster}/{active['serviceName']}"
            ),
        }


def _groups(service: Any, home: Home | None) -> set[str]:
    """Return the target groups of the service's load balancers."""
    arns = [one.get("targetGroupArn") for one in service.get("loadBalancers", ())]
    return {*resources_in(arns, home)}
