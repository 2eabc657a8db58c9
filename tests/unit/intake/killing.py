"""Ports that die: the environment is killed before or after its n-th call to the outside."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Literal

from tests.builders.intake import World

When = Literal["before", "after"]
PARTS: Final = ("store", "operations", "starter")


class KilledError(BaseException):
    """Not an Exception, so that nothing catches it: the environment is gone."""


class Calls:
    """Counts calls over several ports, and kills at one of them."""

    def __init__(self, at: int, when: When) -> None:
        self.at, self.when, self.made = at, when, 0


class Mortal:
    """A port in front of the real one."""

    def __init__(self, port: Any, calls: Calls) -> None:
        self._port, self._calls = port, calls

    def __getattr__(self, name: str) -> Any:
        """Return the port's method with the count around it."""
        method, calls = getattr(self._port, name), self._calls

        def call(*args: Any, **kwargs: Any) -> Any:
            calls.made += 1
            if (calls.made, calls.when) == (calls.at, "before"):
                raise KilledError
            answer = method(*args, **kwargs)
            if (calls.made, calls.when) == (calls.at, "after"):
                raise KilledError
            return answer

        return call


@contextmanager
def mortal(world: World, at: int, when: When) -> Iterator[Calls]:
    """Kill environments of this world at their `at`-th call, while the block lasts."""
    calls, whole = Calls(at, when), {part: getattr(world, part) for part in PARTS}
    for part, port in whole.items():
        setattr(world, part, Mortal(port, calls))
    try:
        yield calls
    except KilledError:
        pass
    finally:
        for part, port in whole.items():
            setattr(world, part, port)
