"""The state machine's executions, and functions that are called directly."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol


class ExecutionStarter(Protocol):
    """Starts the state machine. Raises StoreUnavailableError."""

    def start(self, incident_id: str) -> None:
        """Start the incident's execution; one that exists is success."""
        ...


ExecutionStatus = Literal["running", "succeeded", "failed", "timed_out", "aborted"]


class Executions(Protocol):
    """How the state machine's executions stand. Raises StoreUnavailableError."""

    def status(self, incident_id: str) -> ExecutionStatus | None:
        """Return how the incident's execution stands, or None when there is none."""
        ...


class HistoryStep(NamedTuple):
    """One entry of an execution's history."""

    id: int
    previous: int
    """The entry that it follows from; 0 where the service does not tell."""
    type: str
    """Step Functions' own name: TaskStateEntered, LambdaFunctionScheduled, …"""
    at: datetime
    resource: str = ""
    """What a task calls, as far as the entry says: a function's ARN or name."""
    waits: bool = False
    """A task that waits for a token: it ends long after the function that it called."""


class ExecutionHistory(Protocol):
    """What an execution went through. Raises StoreUnavailableError."""

    def steps(self, execution_arn: str) -> Sequence[HistoryStep]:
        """Return the history so far, oldest first."""
        ...


class Functions(Protocol):
    """Functions behind their aliases. Raises SourceUnavailableError."""

    def call(self, arn: str, payload: Mapping[str, Any]) -> None:
        """Invoke the function and wait until it has answered without an error."""
        ...


class Answering(Protocol):
    """Functions that are asked for their answer."""

    def ask(self, arn: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Invoke the function and return its answer.

        Raises what it raised of RefusedError, InvalidInputError and ConcurrencyConflictError, and
        SourceUnavailableError for anything else.
        """
        ...
