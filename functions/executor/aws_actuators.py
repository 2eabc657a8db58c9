"""Actuators of the catalogue's verbs on AWS."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from functions.executor.ports import VerbActuator
from functions.executor.session import Session, VerbSessions
from functions.executor.verbs import (
    raise_capacity,
    raise_concurrency,
    redrive,
    restore_parameter,
    rollback_alias,
    rollback_service,
)
from quorum.domain.catalogue import CatalogueError

BuildActuator = Callable[[Session], VerbActuator]


@dataclass(frozen=True, slots=True)
class AwsActuators:
    """An `Actuators` that creates clients on demand: most executions need none."""

    sessions: VerbSessions

    def builders(self) -> Mapping[str, BuildActuator]:
        """Return each verb's constructor, by catalogue name."""
        return {
            "lambda.rollback_alias": rollback_alias.build,
            "lambda.raise_reserved_concurrency": raise_concurrency.build,
            "dynamodb.raise_capacity": raise_capacity.build,
            "ssm.restore_parameter": restore_parameter.build,
            "ecs.rollback_service": rollback_service.build,
            "sqs.redrive": redrive.builder(self.sessions.place),
        }

    def actuator(self, verb: str, incident_id: str) -> VerbActuator:
        """Return the verb's actuator. Raises CatalogueError for an unknown verb."""
        build = self.builders().get(verb)
        if build is None:
            raise CatalogueError(f"unknown verb: {verb!r}")
        return build(self.sessions.of(incident_id))
