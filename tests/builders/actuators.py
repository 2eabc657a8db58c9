"""The resource that is acted on, in memory."""

from collections.abc import Mapping
from typing import Any

from functions.executor.ports import Hazards
from quorum.domain.evidence import Candidate, Scalar
from tests.fakes import (
    InMemoryActuator,
)


class GuardedActuator(InMemoryActuator):
    """The fake actuator with hazards; `now` holds them."""

    def __init__(self, world: Mapping[str, Scalar], effect: Mapping[str, Scalar]) -> None:
        super().__init__(world, effect)
        self.now = Hazards()
        self.writes: list[dict[str, Scalar]] = []

    def hazards(self, candidate: Candidate) -> Hazards:  # noqa: ARG002 - the port's
        """Return the hazards set by the test."""
        return self.now

    def happened(
        self, candidate: Candidate, captured: Mapping[str, Scalar], state: Mapping[str, Scalar]
    ) -> bool:
        """Return whether the effect shows."""
        assert candidate.id, captured
        return all(state[name] == value for name, value in self._effect.items())

    def restored(
        self, candidate: Candidate, captured: Mapping[str, Scalar], state: Mapping[str, Scalar]
    ) -> bool:
        """Return whether what was captured shows."""
        assert candidate.id
        return all(state[name] == captured[name] for name in self._effect)

    def _write(self, revision: Scalar, settings: Mapping[str, Scalar]) -> Any:
        before = self.world["revision"]
        try:
            return super()._write(revision, settings)
        finally:
            if self.world["revision"] != before:
                self.writes.append(dict(settings))


class Shelf:
    """`Actuators` with one actuator, and `Deployments` set by the test."""

    def __init__(self, actuator: GuardedActuator) -> None:
        self.one = actuator
        self.deploying: str | None = None

    def actuator(self, verb: str, incident_id: str) -> GuardedActuator:
        """Return it."""
        assert verb.count(".") == len(incident_id) / 32
        return self.one

    def running(self, resource: str) -> str | None:
        """Return the deployment set by the test."""
        assert resource
        return self.deploying


def put(owner: object, method: str, replacement: object) -> None:
    """Have the object do something else when the method is called."""
    setattr(owner, method, replacement)
