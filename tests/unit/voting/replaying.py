"""One attempt, run again from its start, answered as before, up to its next step."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

WRITES: Final = frozenset({"append", "apply", "claim", "decide", "fence", "finish", "find"})
"""Calls before which an attempt can be stopped; what `find` reads is the outcome of a race."""


class Call(NamedTuple):
    """A call to a shared part, and what came of it."""

    part: str
    method: str
    answer: Any
    error: Exception | None
    key: str
    """The identity of the answer."""

    def words(self) -> str:
        """Return it as people read it."""
        came = type(self.error).__name__ if self.error else brief(self.answer)
        return f"{self.part}.{self.method} → {came}"


def brief(answer: object) -> str:
    """Return what matters of an answer for people: its state, route or choice, else its kind."""
    answer = getattr(answer, "vote", getattr(answer, "decision", answer))
    fields = answer if isinstance(answer, Mapping) else getattr(answer, "__dict__", {})
    words = (fields[name] for name in ("state", "route", "action") if name in fields)
    kind = "done" if answer is None else type(answer).__name__
    return next((str(word) for word in words), answer if isinstance(answer, str) else kind)


class Stopped(BaseException):
    """The attempt waits before its next write: no error, so that it passes every handler."""


class Run:
    """One attempt, run again up to one step beyond its past."""

    def __init__(self, past: tuple[Call, ...] | None) -> None:
        self.calls = list(past or ())
        self._replayed, self._stepped = 0, past is None

    def call(self, part: str, method: str, make: Callable[[], Any]) -> Any:
        """Answer as before; or make the call, if it is the due one or reads on from it."""
        if self._replayed == len(self.calls):
            self._take(part, method, make)
        call = self.calls[self._replayed]
        self._replayed += 1
        assert (call.part, call.method) == (part, method), "the code is not deterministic"
        if call.error:
            raise call.error
        return call.answer

    def _take(self, part: str, method: str, make: Callable[[], Any]) -> None:
        if method in WRITES:
            if self._stepped:
                raise Stopped
            self._stepped = True
        answer, error = None, None
        try:
            answer = make()
        except Exception as raised:  # noqa: BLE001 - the attempt gets it, whatever it is
            error = raised
        self.calls.append(Call(part, method, answer, error, f"{answer!r} {error!r}"))


class Watched:
    """Stands for a shared part; every call goes through the run."""

    def __init__(self, name: str, part: object, run: Run) -> None:
        self._name, self._part, self._run = name, part, run

    def __getattr__(self, method: str) -> Any:
        """Return the method, watched."""
        real = getattr(self._part, method)
        return lambda *a, **k: self._run.call(self._name, method, lambda: real(*a, **k))
