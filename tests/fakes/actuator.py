"""One verb on a world in memory."""

from collections.abc import Mapping

from quorum.domain.errors import QuorumError, WorldMovedError
from quorum.domain.evidence import Candidate, Scalar
from quorum.ports.execution import Effect

Settings = dict[str, Scalar]


class InMemoryActuator:
    """An `Actuator` that sets `effect` on `world`, the settings of its one resource.

    `captured` is what was there before; compare-and-set is on a `revision` that every write moves.
    `calls` keeps the operations in order. Set `error` to have the next effect raise it; with
    `lose_response` the effect happens and raises all the same.
    """

    def __init__(self, world: Mapping[str, Scalar], effect: Mapping[str, Scalar]) -> None:
        self.world: Settings = {"revision": 1, **world}
        self._effect = dict(effect)
        self.calls: list[str] = []
        self.error: QuorumError | None = None
        self.lose_response = False

    def capture(self, candidate: Candidate) -> Settings:
        """Return what the inverse needs."""
        self.calls.append("capture")
        moved = [n for n, v in candidate.observed.items() if n in self.world and self.world[n] != v]
        if moved:
            raise WorldMovedError(f"{', '.join(moved)} changed since the evidence was taken")
        return {"revision": self.world["revision"], **{n: self.world.get(n) for n in self._effect}}

    def apply(self, candidate: Candidate, captured: Mapping[str, Scalar]) -> Effect:  # noqa: ARG002
        """Apply the action, compare-and-set on the captured state."""
        self.calls.append("apply")
        return self._write(captured["revision"], self._effect)

    def undo(
        self,
        candidate: Candidate,  # noqa: ARG002 - the port's
        captured: Mapping[str, Scalar],
        written: Mapping[str, Scalar],
    ) -> Effect:
        """Apply the inverse if the resource is still in the written state."""
        self.calls.append("undo")
        return self._write(written["revision"], {name: captured[name] for name in self._effect})

    def read(self, candidate: Candidate) -> Settings:  # noqa: ARG002 - the port's
        """Return the real state now."""
        self.calls.append("read")
        return dict(self.world)

    def _write(self, revision: Scalar, settings: Mapping[str, Scalar]) -> Effect:
        error, self.error = self.error, None
        if error is not None and not self.lose_response:
            raise error
        if self.world["revision"] != revision:
            raise WorldMovedError("the resource was changed by another caller")
        self.world.update(settings)
        self.world["revision"] = int(str(revision)) + 1
        if error is not None:
            raise error
        written = {"revision": self.world["revision"], **settings}
        return Effect(written=written, request_id=f"request-{len(self.calls)}")
