"""Ports of the executor alone: verbs with guards, and running deployments."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from quorum.domain.evidence import Candidate, Scalar
from quorum.ports.execution import Actuator

Scalars = Mapping[str, Scalar]


class Hazards(NamedTuple):
    """Reasons not to touch the resource now; None where there is none."""

    deploying: str | None = None
    weighted: str | None = None
    autoscaled: str | None = None
    below_floor: str | None = None
    """A tag of the resource forbids going back this far."""
    security: str | None = None
    """A tag of the resource marks the current version as a security release."""


class VerbActuator(Actuator, Protocol):
    """An actuator that also reports hazards and recognises its own effect."""

    def hazards(self, candidate: Candidate) -> Hazards:
        """Return the resource's current hazards.

        Raises SourceUnavailableError, RefusedError.
        """
        ...

    def happened(self, candidate: Candidate, captured: Scalars, state: Scalars) -> bool:
        """Return whether `state`, as returned by `read`, is the state after the effect."""
        ...

    def restored(self, candidate: Candidate, captured: Scalars, state: Scalars) -> bool:
        """Return whether `state`, as returned by `read`, is the state after the undo."""
        ...


class Actuators(Protocol):
    """The verbs' implementations."""

    def actuator(self, verb: str, incident_id: str) -> VerbActuator:
        """Return the verb's actuator; its session is named after the incident."""
        ...


class Deployments(Protocol):
    """Deployments that are running now. Raises SourceUnavailableError."""

    def running(self, resource: str) -> str | None:
        """Return a description of the deployment onto the resource, or None."""
        ...
