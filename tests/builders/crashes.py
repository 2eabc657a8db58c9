"""A process that dies before or after its n-th call to anything outside itself."""

from collections.abc import Callable
from typing import Any


class KilledError(BaseException):
    """The process is gone: no handler runs."""


class Death:
    """Counts calls, and kills at one of them."""

    def __init__(self, at: int, *, after: bool) -> None:
        self._at, self._after = at, after
        self.made, self.happened = 0, False

    def around(self, call: Callable[[], Any]) -> Any:
        """Make the call, unless the process dies before it; perhaps die when it is made."""
        self.made += 1
        due = self.made == self._at
        if due and not self._after:
            self._die()
        result = call()
        if due:
            self._die()
        return result

    def _die(self) -> None:
        self.happened = True
        raise KilledError


class Mortal:
    """Passes every call on to the port that it stands for, and dies at the one that is due."""

    def __init__(self, inner: object, death: Death) -> None:
        self._inner, self._death = inner, death

    def __getattr__(self, name: str) -> Any:
        """Return the method, watched."""
        method = getattr(self._inner, name)
        return lambda *args, **kwargs: self._death.around(lambda: method(*args, **kwargs))
