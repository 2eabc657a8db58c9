"""What intake knows beyond the alarm: the topology, and what a composite's children watch.

Neither may keep an alarm from entering: without them it enters with less.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from functions.intake.alarm_event import AlarmEvent
from functions.intake.alarms import over_children, to_alarm
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.evidence import Alarm
from quorum.domain.topology import ServiceMap
from quorum.ports.clock import Clock
from quorum.ports.telemetry import AlarmBook, AlarmDescription, TopologySource

Count = Callable[[str], None]
"""Counts one of the named metric."""

MAP_SECONDS: Final = 60
"""How long a map read from its source serves, so that a storm does not ask for each alarm."""


@dataclass(slots=True)
class Surroundings:
    """Describes alarms."""

    topology: TopologySource
    alarms: AlarmBook
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

    def describe(self, event: AlarmEvent, known: AlarmDescription) -> Alarm:
        """Return the alarm with its resources."""
        alarm = to_alarm(event, known, self.service_map())
        if alarm.kind != "composite":
            return alarm
        try:
            children = self.alarms.describe(alarm.children)
        except SourceUnavailableError:
            self.count("AlarmDefinitionsUnavailable")
            return alarm
        return over_children(alarm, children, self.service_map())
