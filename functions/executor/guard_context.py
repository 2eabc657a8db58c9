"""Inputs of the guards: read once, on first use, right before an effect."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from functions.executor.authority import Warrant
from functions.executor.dependencies import ExecutorDependencies
from functions.executor.ports import Hazards
from quorum.domain.errors import InvalidHistoryError, QuorumError
from quorum.domain.evidence import Bundle
from quorum.domain.incident import Incident
from quorum.domain.incident_records import Opening
from quorum.ports.telemetry import AlarmStatus

T = TypeVar("T")


@dataclass(frozen=True)
class GuardContext:
    """An incident, its authorised action, and access to the current state."""

    deps: ExecutorDependencies
    incident: Incident
    warrant: Warrant

    @property
    def hazards(self) -> Hazards:
        """Return the verb's hazards, read once. Raises the errors of `VerbActuator.hazards`."""
        return _value_or_raise(self._hazards)

    @property
    def bundle(self) -> Bundle:
        """Return the decision's evidence bundle. Raises InvalidHistoryError for an undo."""
        if self.warrant.bundle is None:
            raise InvalidHistoryError("an undo has no evidence bundle")
        return self.warrant.bundle

    @property
    def alarm_status(self) -> AlarmStatus | None:
        """Return the state of the alarm that opened the incident; None if it was deleted.

        It is read once. Raises SourceUnavailableError, and InvalidHistoryError for an undo.
        """
        return _value_or_raise(self._alarm_status)

    @property
    def needs_alarm_ok(self) -> bool:
        """Return whether the verb clears consequences of a fault that has to be over.

        Not so if the alarm watches the dead letters that the verb moves.
        """
        dead_letters = f"sqs:{self.warrant.candidate.parameters.get('dead_letter_queue')}"
        return self.warrant.verb.cause_first and dead_letters not in self.bundle.alarms[0].resources

    @cached_property
    def opening(self) -> Opening | None:
        """Return intake's record of the opening; None for incidents older than that record."""
        return self.deps.openings.find(self.incident.incident_id)

    @cached_property
    def _alarm_status(self) -> AlarmStatus | QuorumError | None:
        def read() -> AlarmStatus | None:
            name = self.bundle.alarms[0].name
            return self.deps.alarms.states([name]).get(name)

        return _value_or_error(read)

    @cached_property
    def _hazards(self) -> Hazards | QuorumError:
        candidate = self.warrant.candidate
        actuator = self.deps.actuators.actuator(candidate.verb, self.incident.incident_id)
        return _value_or_error(lambda: actuator.hazards(candidate))


def _value_or_error(read: Callable[[], T]) -> T | QuorumError:
    """Return the value read, or the error: a failed read is not repeated either."""
    try:
        return read()
    except QuorumError as error:
        return error


def _value_or_raise(found: T | QuorumError) -> T:
    if isinstance(found, QuorumError):
        raise found
    return found
