"""The state of an incident, from tables that one function alone writes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from quorum.domain.errors import InvalidHistoryError, QuorumError
from quorum.domain.events import Finding, WatchdogAlerted
from quorum.domain.incident import Incident, replay
from quorum.domain.incident_records import Opening
from quorum.ports.execution import Claims
from quorum.ports.log import ClosingStore, EventStore, OpeningStore
from quorum.ports.voting import DecisionStore


class Watched(NamedTuple):
    """An incident of the last day."""

    incident_id: str
    opening: Opening | None
    """None for an incident from before openings were kept: then the log counts."""


@dataclass(frozen=True, slots=True)
class Records:
    """The watchdog's sources. The log counts for incidents from before openings were kept."""

    log: EventStore
    openings: OpeningStore
    closings: ClosingStore
    decisions: DecisionStore
    claims: Claims

    def since(self, since: datetime, errors: list[QuorumError]) -> Iterator[Watched]:
        """Yield the incidents opened since then; add to `errors` if the log cannot be read."""
        found = {one.incident_id: one for one in self.openings.since(since)}
        yield from (Watched(*item) for item in found.items())
        try:
            opened = self.log.opened_since(since)
        except QuorumError as error:  # a forged event must not hide the other incidents
            errors.append(error)
            return
        for event in opened:
            if event.incident_id not in found:
                # The index lags, and holds openings of yesterday's incidents as well
                yield Watched(event.incident_id, self.openings.find(event.incident_id))

    def find(self, incident_id: str) -> Watched | None:
        """Return the incident, or None without any record of it."""
        opening = self.openings.find(incident_id)
        known = opening is not None or bool(self.log.load(incident_id))
        return Watched(incident_id, opening) if known else None

    def opened_at(self, one: Watched) -> float:
        """Return the time of its opening, in seconds since 1970."""
        if one.opening is not None:
            return one.opening.opened_at
        return self._incident(one).opened.occurred_at.timestamp()

    def closed(self, one: Watched) -> bool:
        """Return whether it has ended."""
        if self.closings.find(one.incident_id) is not None:
            return True
        return one.opening is None and self._incident(one).is_closed

    def decided(self, one: Watched) -> bool:
        """Return whether a decision was made."""
        if one.opening is None:
            return self._incident(one).decision is not None
        return self.decisions.find(one.incident_id, 1) is not None

    def reason(self, one: Watched) -> str:
        """Return the logged reason of its end; empty if the log has none or contradicts itself."""
        try:
            closed = self._incident(one).closed
        except InvalidHistoryError:
            return ""
        return closed.reason if closed else ""

    def startable(self, one: Watched) -> bool:
        """Return whether an execution would find its records: the log alone starts nothing."""
        try:
            return one.opening is not None and bool(self.log.load(one.incident_id))
        except InvalidHistoryError:
            return False

    def alerted(self, one: Watched, finding: Finding) -> bool:
        """Return whether people were alerted about the finding."""
        if self.claims.claimed(alert_key(one.incident_id, finding)):
            return True
        if one.opening is not None:
            return False
        events = self.log.load(one.incident_id)
        return any(isinstance(e, WatchdogAlerted) and e.finding == finding for e in events)

    def _incident(self, one: Watched) -> Incident:
        return replay(self.log.load(one.incident_id))


def alert_key(incident_id: str, finding: Finding) -> str:
    """Return the key that only the watchdog may claim, once it has alerted about the finding."""
    return f"bark#{incident_id}#{finding}"


ALERT_KEPT = timedelta(days=14)
"""Longer than the sweep looks back."""
