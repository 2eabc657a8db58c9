"""Histories of executions, as AWS writes them and as the laptop's emulator does."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from quorum.ports.workflow import HistoryStep
from tests.fakes.clock import START

FUNCTION: Final = "arn:aws:lambda:us-east-1:123456789012:function:{}:live"


class History:
    """A history that grows entry by entry; `chained` gives each entry its predecessor's digest."""

    def __init__(self, *, chained: bool = True) -> None:
        self.steps: list[HistoryStep] = []
        self.chained = chained

    def add(
        self, type_: str, at: float, *, after: int = 0, name: str = "", waits: bool = False
    ) -> int:
        """Add an entry `at` seconds from the start; return its id."""
        step = HistoryStep(
            id=len(self.steps) + 1,
            previous=after if self.chained else 0,
            type=type_,
            at=START + timedelta(seconds=at),
            resource=FUNCTION.format(name) if name else "",
            waits=waits,
        )
        self.steps.append(step)
        return step.id

    def call(self, name: str, start: float, end: float, how: str = "Succeeded") -> None:
        """Add a task that calls a function once."""
        self.add("TaskStateEntered", start)
        self.attempt(name, start, end, how)
        self.add("TaskStateExited", end)

    def attempt(self, name: str, start: float, end: float, how: str = "Succeeded") -> None:
        """Add one attempt: as Lambda's own entries when chained, else as the emulator does."""
        if not self.chained:
            self.add("TaskScheduled", start, name=name)
            self.add(f"Task{how}", end, name=name)
            return
        scheduled = self.add("LambdaFunctionScheduled", start, after=1, name=name)
        started = self.add("LambdaFunctionStarted", start, after=scheduled)
        self.add(f"LambdaFunction{how}", end, after=started)


class InMemoryHistory:
    """An `ExecutionHistory`."""

    def __init__(self, steps: Sequence[HistoryStep] = ()) -> None:
        self._steps = steps

    def steps(self, execution_arn: str) -> Sequence[HistoryStep]:
        """Return the history so far."""
        assert execution_arn
        return self._steps
