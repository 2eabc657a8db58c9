"""The moment before an effect: what the guards look at, read once and only when asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from functions.executor.authority import Warrant
from functions.executor.dependencies import Dependencies
from functions.executor.ports import Hazards
from quorum.domain.errors import InvalidHistoryError, QuorumError
from quorum.domain.evidence import Bundle
from quorum.domain.incident import Incident
from quorum.domain.incident_records import Opening

T = TypeVar("T")


@dataclass(frozen=True)
class GuardContext:
    """An incident, what is about to be done in it, and the means to look around."""

    tools: Dependencies
    incident: Incident
    warrant: Warrant

    @property
    def hazards(self) -> Hazards:
        """Return what the verb sees that speaks against it. Raises as `VerbActuator.hazards`."""
        return _or_raise(self._hazards)

    @property
    def bundle(self) -> Bundle:
        """Return the evidence that the decision rests on. Raises InvalidHistoryError: an undo's."""
        if self.warrant.bundle is None:
            raise InvalidHistoryError("this rests on no evidence")
        return self.warrant.bundle

    @cached_property
    def opening(self) -> Opening | None:
        """Return how intake saw the incident open; None for one of before it kept that."""
        return self.tools.openings.find(self.incident.incident_id)

    @cached_property
    def _hazards(self) -> Hazards | QuorumError:
        candidate = self.warrant.candidate
        actuator = self.tools.actuators.actuator(candidate.verb, self.incident.incident_id)
        return _tried(lambda: actuator.hazards(candidate))


def _tried(read: Callable[[], T]) -> T | QuorumError:
    """Return what was read, or why it could not be: that is not tried again either."""
    try:
        return read()
    except QuorumError as error:
        return error


def _or_raise(found: T | QuorumError) -> T:
    if isinstance(found, QuorumError):
        raise found
    return found
