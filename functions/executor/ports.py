"""What the executor needs besides the shared ports: verbs that can be guarded, deployments."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from quorum.domain.evidence import Candidate, Scalar
from quorum.ports.execution import Actuator

Settings = Mapping[str, Scalar]


class Hazards(NamedTuple):
    """Why the resource must not be touched now; None where there is no such reason."""

    deploying: str | None = None
    weighted: str | None = None
    autoscaled: str | None = None
    below_floor: str | None = None
    """A tag of the resource forbids to go back so far."""
    security: str | None = None
    """A tag of the resource says that it would take a security release back."""


class VerbActuator(Actuator, Protocol):
    """An actuator that tells what speaks against it, and what its effect looks like."""

    def hazards(self, candidate: Candidate) -> Hazards:
        """Return what speaks against touching the resource, read now.

        Raises SourceUnavailableError, RefusedError.
        """
        ...

    def happened(self, candidate: Candidate, captured: Settings, state: Settings) -> bool:
        """Return whether `state`, as `read` gave it, is what the effect leaves."""
        ...

    def restored(self, candidate: Candidate, captured: Settings, state: Settings) -> bool:
        """Return whether `state`, as `read` gave it, is what the undo leaves."""
        ...


class Actuators(Protocol):
    """The verbs' implementations."""

    def actuator(self, verb: str, incident_id: str) -> VerbActuator:
        """Return the verb's actuator; its effects run under a session named for the incident."""
        ...


class Deployments(Protocol):
    """Deployments that are running now. Raises SourceUnavailableError."""

    def running(self, resource: str) -> str | None:
        """Return what is being deployed onto the resource, or None."""
        ...
