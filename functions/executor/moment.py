"""The moment before an effect: what the guards look at, read once and only when asked for."""

from dataclasses import dataclass
from functools import cached_property

from functions.executor.authority import Warrant
from functions.executor.ports import Hazards
from functions.executor.tools import Tools
from functions.shared.domain.errors import InvalidHistoryError
from functions.shared.domain.evidence import Bundle
from functions.shared.domain.incident import Incident


@dataclass(frozen=True)
class Moment:
    """An incident, what is about to be done in it, and the means to look around."""

    tools: Tools
    incident: Incident
    warrant: Warrant

    @cached_property
    def hazards(self) -> Hazards:
        """Return what the verb sees that speaks against it."""
        candidate = self.warrant.candidate
        actuator = self.tools.actuators.actuator(candidate.verb, self.incident.incident_id)
        return actuator.hazards(candidate)

    @cached_property
    def bundle(self) -> Bundle:
        """Return the frozen evidence. Raises InvalidHistoryError when it is another."""
        frozen = self.incident.evidence
        if frozen is None:
            raise InvalidHistoryError("no evidence is frozen")
        return self.tools.evidence.get_bundle(frozen.key, frozen.evidence)
