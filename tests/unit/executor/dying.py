"""A process that dies before or after its n-th call to anything outside itself."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from quorum.application.recorder import Recorder
from quorum.ports.execution import Effect
from tests.builders.actuators import GuardedActuator, put
from tests.builders.executor import Case

PORTS = (
    "evidence",
    "decisions",
    "ballots",
    "approvals",
    "openings",
    "closings",
    "verdicts",
    "ledger",
    "stop",
    "alarms",
)


class KilledError(BaseException):
    """The process is gone: no handler runs."""


class Death:
    """Counts calls and kills at one of them."""

    def __init__(self, at: int, *, after: bool) -> None:
        self._left, self._after = at, after
        self.happened = False

    def around(self, call: Callable[[], Any]) -> Any:
        """Make the call, unless the process dies before it; perhaps die when it is made."""
        self._left -= 1
        if self._left == 0 and not self._after:
            self._die()
        result = call()
        if self._left == 0:
            self._die()
        return result

    def _die(self) -> None:
        self.happened = True
        raise KilledError


class Mortal:
    """Passes every call on to what it stands for, and dies at the one that is due."""

    def __init__(self, inner: object, death: Death) -> None:
        self._inner, self._death = inner, death

    def __getattr__(self, name: str) -> Any:
        """Return the method, watched."""
        method = getattr(self._inner, name)
        return lambda *args, **kwargs: self._death.around(lambda: method(*args, **kwargs))


class MortalShelf(Mortal):
    """The actuators, each of which can be the last that is called."""

    def actuator(self, verb: str, incident_id: str) -> Mortal:
        """Return the actuator, watched."""
        return Mortal(self._inner.actuator(verb, incident_id), self._death)  # type: ignore[attr-defined]


def run_and_die(case: Case, operation: str, at: int, *, after: bool, **request: Any) -> bool:
    """Run the operation with a crash at its n-th call; return whether it crashed."""
    death = Death(at, after=after)
    ports: dict[str, Any] = {name: Mortal(getattr(case, name), death) for name in PORTS}
    store: Any = Mortal(case.store, death)
    recorder = Recorder(store, now=case.clock, new_id=case.ids, sleep=case.clock.sleep)
    shelf = MortalShelf(case.shelf, death)
    try:
        case.run(
            operation,
            **request,
            **ports,
            recorder=recorder,
            actuators=shelf,
            deployments=Mortal(case.shelf, death),
        )
    except KilledError:
        assert death.happened
    return death.happened


def leave_a_fence(case: Case) -> None:
    """Leave behind what an attempt leaves that died between its fence and its effect."""

    def die(*_: object) -> Effect:
        raise KilledError

    put(case.actuator, "apply", die)
    with suppress(KilledError):
        case.run()
    put(case.actuator, "apply", GuardedActuator.apply.__get__(case.actuator))
