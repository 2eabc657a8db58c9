"""The executor that dies at its n-th call."""

from contextlib import suppress
from typing import Any

from quorum.application.recorder import Recorder
from quorum.ports.execution import Effect
from tests.builders.actuators import GuardedActuator, put
from tests.builders.crashes import Death, KilledError, Mortal
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
