"""ecs.rollback_service: run the former task definition again.

ECS has no compare-and-set here: the captured state is read again right before the effect.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import boto3

from functions.executor.ports import Hazards, Scalars
from functions.executor.session import EFFECT_CONFIG, READ_CONFIG, Session
from functions.executor.targets import ServiceTarget
from functions.executor.verb_helpers import (
    aws_errors,
    check_unchanged,
    matches,
    request_id,
    rollback_hazards,
)
from quorum.domain.catalogue import SWITCHED_OFF
from quorum.domain.errors import RefusedError, WorldMovedError
from quorum.domain.evidence import Candidate, Scalar
from quorum.ports.execution import Effect

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient

SETTING: Final = "task_definition"


class RollbackService:
    """Actuator of an ECS service."""

    def __init__(self, reader: "ECSClient", writer: Callable[[Candidate], "ECSClient"]) -> None:
        self._reader, self._writer = reader, writer

    def hazards(self, candidate: Candidate) -> Hazards:
        """Return running deployments, and the tags' rollback limits."""
        service = self._service(candidate)
        tags = {tag["key"]: tag["value"] for tag in service.get("tags", ())}
        running = [
            found["id"]
            for found in service["deployments"]
            if found["status"] != "PRIMARY" or found.get("rolloutState") == "IN_PROGRESS"
        ] + [
            found["id"]
            for found in service.get("taskSets", ())
            if found["status"] != "PRIMARY" or found.get("stabilityStatus") == "STABILIZING"
        ]
        return rollback_hazards(candidate, tags)._replace(
            deploying=f"deployments {', '.join(running)} are running" if running else None
        )

    def capture(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return the task definition; the former one must be active and deployed by ECS."""
        target = ServiceTarget.model_validate(candidate.parameters)
        service = self._service(candidate)
        state: dict[str, Scalar] = {SETTING: _revision(service["taskDefinition"])}
        check_unchanged(candidate, state)
        if state[SETTING] != _revision(target.from_task_definition):
            raise WorldMovedError(f"{target.service} now runs {state[SETTING]}")
        if service.get("deploymentController", {}).get("type", "ECS") != "ECS":
            raise RefusedError(f"{target.service} is deployed by another controller")
        if service.get("desiredCount") == SWITCHED_OFF:
            raise RefusedError(f"{target.service} is scaled to 0 tasks")
        with aws_errors(target.to_task_definition):
            former = self._reader.describe_task_definition(taskDefinition=target.to_task_definition)
        if former["taskDefinition"]["status"] != "ACTIVE":
            raise RefusedError(f"{target.to_task_definition} is not active")
        return state

    def apply(self, candidate: Candidate, captured: Scalars) -> Effect:
        """Run the former task definition."""
        target = ServiceTarget.model_validate(candidate.parameters)
        return self._update(candidate, captured, _revision(target.to_task_definition))

    def undo(self, candidate: Candidate, captured: Scalars, written: Scalars) -> Effect:
        """Run the captured task definition."""
        return self._update(candidate, written, str(captured[SETTING]))

    def read(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return the service's desired task definition, as family:revision."""
        return {SETTING: _revision(self._service(candidate)["taskDefinition"])}

    def happened(self, candidate: Candidate, captured: Scalars, state: Scalars) -> bool:  # noqa: ARG002
        """Return whether the service's desired task definition is the former one."""
        wanted = _revision(str(candidate.parameters["to_task_definition"]))
        return matches(state, {SETTING: wanted}, SETTING)

    def restored(self, candidate: Candidate, captured: Scalars, state: Scalars) -> bool:  # noqa: ARG002
        """Return whether the desired task definition is the captured one."""
        return matches(state, captured, SETTING)

    def _service(self, candidate: Candidate) -> Any:
        target = ServiceTarget.model_validate(candidate.parameters)
        with aws_errors(target.service):
            answer = self._reader.describe_services(
                cluster=target.cluster, services=[target.service], include=["TAGS"]
            )
        found = [s for s in answer["services"] if s["status"] == "ACTIVE"]
        if not found:
            raise RefusedError(f"{candidate.resource} is not an active service")
        return found[0]

    def _update(self, candidate: Candidate, expected: Scalars, definition: str) -> Effect:
        target = ServiceTarget.model_validate(candidate.parameters)
        writer = self._writer(candidate)
        if not matches(self.read(candidate), expected, SETTING):
            raise WorldMovedError(f"{target.service} no longer runs {expected[SETTING]}")
        with aws_errors(target.service):
            answer = writer.update_service(
                cluster=target.cluster, service=target.service, taskDefinition=definition
            )
        return Effect({SETTING: definition}, request_id(answer))


def _revision(definition: str) -> str:
    """Return family:revision from a name or an ARN."""
    return definition.rpartition("/")[2]


def build(session: Session) -> RollbackService:
    """Return the actuator on AWS."""
    return RollbackService(
        boto3.client("ecs", config=READ_CONFIG),
        lambda candidate: boto3.client("ecs", config=EFFECT_CONFIG, **session(candidate)),
    )
