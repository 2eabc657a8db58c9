"""How an incident stands, as the functions that alone may say so have written it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from quorum.domain.errors import InvalidHistoryError, QuorumError
from quorum.domain.events import Finding, WatchdogAlerted
from quorum.domain.incident import Incident, replay
from quorum.domain.incident_records import Opening
from quorum.ports.execution import Claims
from quorum.ports.log import ClosingBook, EventStore, OpeningBook
from quorum.ports.voting import DecisionBook


class Watched(NamedTuple):
    """An incident of the last day."""

    incident_id: str
    opening: Opening | None
    """None of an incident from before openings were kept: then the log counts."""


@dataclass(frozen=True, slots=True)
class Records:
    """Where the watchdog reads. The log counts for incidents from before openings were kept."""

    log: EventStore
    openings: OpeningBook
    closings: ClosingBook
    decisions: DecisionBook
    claims: Claims

    def since(self, since: datetime, errors: list[QuorumError]) -> Iterator[Watched]:
        """Yield the incidents opened since then; what keeps older ones from it is an error."""
        found = {one.incident_id: one for one in self.openings.since(since)}
        yield from (Watched(*item) for item in found.items())
        try:
            opened = self.log.opened_since(since)
        except QuorumError as error:  # an intruder's fact keeps nobody from the other incidents
            errors.append(error)
            return
        for fact in opened:
            if fact.incident_id not in found:
                # The index lags, and holds openings of yesterday's incidents as well
                yield Watched(fact.incident_id, self.openings.find(fact.incident_id))

    def find(self, incident_id: str) -> Watched | None:
        """Return the incident, if there is one."""
        opening = self.openings.find(incident_id)
        known = opening is not None or bool(self.log.load(incident_id))
        return Watched(incident_id, opening) if known else None

    def opened_at(self, one: Watched) -> float:
        """Return when it was opened, in seconds since 1970."""
        if one.opening is not None:
            return one.opening.opened_at
        return self._incident(one).opened.occurred_at.timestamp()

    def closed(self, one: Watched) -> bool:
        """Return whether it has ended."""
        if self.closings.find(one.incident_id) is not None:
            return True
        return one.opening is None and self._incident(one).is_closed

    def decided(self, one: Watched) -> bool:
        """Return whether anything was decided."""
        if one.opening is None:
            return self._incident(one).decision is not None
        return self.decisions.find(one.incident_id, 1) is not None

    def reason(self, one: Watched) -> str:
        """Return why it was closed, as the log says, and nothing where it cannot."""
        try:
            closed = self._incident(one).closed
        except InvalidHistoryError:
            return ""
        return closed.reason if closed else ""

    def startable(self, one: Watched) -> bool:
        """Return whether its pipeline would find anything: nothing starts on a log's word alone."""
        try:
            return one.opening is not None and bool(self.log.load(one.incident_id))
        except InvalidHistoryError:
            return False

    def barked(self, one: Watched, finding: Finding) -> bool:
        """Return whether people were told of the finding."""
        if self.claims.claimed(bark_key(one.incident_id, finding)):
            return True
        if one.opening is not None:
            return False
        facts = self.log.load(one.incident_id)
        return any(isinstance(f, WatchdogAlerted) and f.finding == finding for f in facts)

    def _incident(self, one: Watched) -> Incident:
        return replay(self.log.load(one.incident_id))


def bark_key(incident_id: str, finding: Finding) -> str:
    """Return what is claimed once people were told of the finding: the watchdog alone may."""
    return f"bark#{incident_id}#{finding}"


BARK_KEPT = timedelta(days=14)
"""Longer than incidents are swept."""
