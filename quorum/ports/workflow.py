"""Executions of the state machine, and functions that are called directly."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol


class ExecutionStarter(Protocol):
    """The start of the state machine. Raises StoreUnavailableError."""

    def start(self, incident_id: str) -> None:
        """Start the incident's execution; an existing one counts as success."""
        ...


ExecutionStatus = Literal["running", "succeeded", "failed", "timed_out", "aborted"]


class Executions(Protocol):
    """The status of the state machine's executions. Raises StoreUnavailableError."""

    def status(self, incident_id: str) -> ExecutionStatus | None:
        """Return the status of the incident's execution, or None when there is none."""
        ...


class HistoryStep(NamedTuple):
    """One entry of an execution's history."""

    id: int
    previous: int
    """The id of the preceding entry; 0 when the service does not report it."""
    type: str
    """Step Functions' own type name: TaskStateEntered, LambdaFunctionScheduled, …"""
    at: datetime
    resource: str = ""
    """The resource that a task calls, as far as the entry holds it: a function's ARN or name."""
    waits: bool = False
    """True for a task that waits for a token: it ends long after the function that it called."""


class ExecutionHistory(Protocol):
    """The history of an execution. Raises StoreUnavailableError."""

    def steps(self, execution_arn: str) -> Sequence[HistoryStep]:
        """Return the history so far, oldest first."""
        ...


class Functions(Protocol):
    """Functions, called through their aliases. Raises SourceUnavailableError."""

    def call(self, arn: str, payload: Mapping[str, Any]) -> None:
        """Invoke the function and wait until it has returned without an error."""
        ...


class Answering(Protocol):
    """Functions that are called for their result."""

    def ask(self, arn: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Invoke the function and return its result.

        Raises RefusedError, InvalidInputError or ConcurrencyConflictError if the function raised
        it, and SourceUnavailableError for any other failure.
        """
        ...
