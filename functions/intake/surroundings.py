"""What intake knows beyond the event: the topology, and how alarms are defined.

Neither may keep an alarm from entering: without them it enters with less.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from functions.intake.alarm_event import AlarmEvent
from functions.intake.alarms import refine, to_alarm
from functions.shared.domain.errors import SourceUnavailableError
from functions.shared.domain.evidence import Alarm
from functions.shared.domain.topology import ServiceMap
from functions.shared.ports import AlarmDefinitions, Clock, TopologySource

Count = Callable[[str], None]
"""Counts one of the named metric."""

MAP_SECONDS: Final = 60
"""How long a map read from its source serves, so that a storm does not ask for each alarm."""


@dataclass(slots=True)
class Surroundings:
    """Describes alarms."""

    topology: TopologySource
    definitions: AlarmDefinitions
    now: Clock
    count: Count
    _map: ServiceMap = field(default_factory=ServiceMap)
    _until: datetime | None = None

    def service_map(self) -> ServiceMap:
        """Return the map, at most a minute old; the last one known while its source is down."""
        if self._until is None or self._until <= self.now():
            try:
                self._map = self.topology.service_map()
                self._until = self.now() + timedelta(seconds=MAP_SECONDS)
            except SourceUnavailableError:
                self.count("TopologyUnavailable")
        return self._map

    def describe(self, event: AlarmEvent) -> Alarm:
        """Return the alarm with its resources."""
        alarm = to_alarm(event, self.service_map())
        return self.refined(alarm) if alarm.kind == "composite" else alarm

    def refined(self, alarm: Alarm) -> Alarm:
        """Return the alarm with what its definition, or its children's, adds."""
        try:
            known = self.definitions.define(alarm.children or (alarm.name,))
        except SourceUnavailableError:
            self.count("AlarmDefinitionsUnavailable")
            return alarm
        return refine(alarm, known, self.service_map())
