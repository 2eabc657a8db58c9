"""The contract of rollouts, for the fake and for ECS."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from quorum.adapters.resource_state.ecs_rollouts import EcsRollouts
from quorum.domain.errors import SourceUnavailableError
from quorum.ports.telemetry import NO_ROLLOUT, Rollout, RolloutSource
from tests.fakes import InMemoryRollouts

ENDED = datetime(2026, 11, 29, 1, 2, 3, tzinfo=UTC)
DONE = Rollout(running=False, ended_at=ENDED.timestamp())
RUNNING = Rollout(running=True, ended_at=None)
SERVICE = "ecs:shop/checkout"


def deployment(status: str = "PRIMARY", **more: Any) -> dict[str, Any]:
    return {"id": f"ecs-svc/{status}", "status": status, "updatedAt": ENDED, **more}


def on_ecs(*deployments: dict[str, Any]) -> RolloutSource:
    """Return the source with one answer about the service."""
    client = boto3.client("ecs")
    stubber = Stubber(client)
    stubber.add_response(
        "describe_services",
        {"services": [{"serviceName": "checkout", "deployments": list(deployments)}]},
        {"cluster": "shop", "services": ["checkout"]},
    )
    stubber.activate()
    return EcsRollouts(client)


def in_memory(rollout: Rollout) -> RolloutSource:
    source = InMemoryRollouts()
    source.rollouts[SERVICE] = rollout
    return source


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (lambda: in_memory(DONE), DONE),
        (lambda: on_ecs(deployment(rolloutState="COMPLETED")), DONE),
        (lambda: on_ecs(deployment(rolloutState="FAILED")), DONE),
        (lambda: on_ecs(deployment()), DONE),
        (lambda: in_memory(RUNNING), RUNNING),
        (lambda: on_ecs(deployment(rolloutState="IN_PROGRESS")), RUNNING),
        (lambda: on_ecs(deployment(), deployment("ACTIVE")), RUNNING),
        (on_ecs, NO_ROLLOUT),
    ],
)
def test_a_rollout_runs_until_one_deployment_is_left(source: Any, found: Rollout) -> None:
    assert source().rollout(SERVICE) == found


@pytest.mark.parametrize("source", [InMemoryRollouts, on_ecs])
def test_other_resources_have_no_rollouts(source: Callable[[], RolloutSource]) -> None:
    rollouts = source()

    for resource in ("lambda:checkout", "dynamodb:orders", "ssm:/shop/limit"):
        assert rollouts.rollout(resource) == NO_ROLLOUT


def test_a_service_that_cannot_be_read_is_unavailable() -> None:
    client = boto3.client("ecs")
    stubber = Stubber(client)
    stubber.add_client_error("describe_services", "ClusterNotFoundException")
    stubber.activate()
    broken = InMemoryRollouts()
    broken.error = SourceUnavailableError("no answer")

    for source in (EcsRollouts(client), broken):
        with pytest.raises(SourceUnavailableError):
            source.rollout(SERVICE)
