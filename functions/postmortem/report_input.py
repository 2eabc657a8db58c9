"""The input of a report: the event log, and the frozen evidence if it can still be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from quorum.domain.errors import InvalidHistoryError, StoreUnavailableError
from quorum.domain.events import IncidentEvent
from quorum.domain.evidence import Alarm, Bundle
from quorum.domain.incident import Incident, replay
from quorum.narrative import Actions, Words, actions, outsider
from quorum.ports.log import EvidenceStore

STATE: Final = "state:"
"""The prefix by which a candidate cites a resource's settings."""


@dataclass(frozen=True, slots=True)
class ReportInput:
    """One incident, read once."""

    events: tuple[IncidentEvent, ...]
    incident: Incident
    known: Actions
    bundle: Bundle | None
    problems: tuple[Words, ...] = ()
    """Parts that could not be read, beside the incident's own gaps."""

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """Return the incident's alarms, the first one first."""
        return (self.incident.opened.alarm, *(joined.alarm for joined in self.incident.joined))

    def cited(self) -> tuple[str, ...]:
        """Return the ids that votes and candidates cite, each once, in the order of mention."""
        votes = self.incident.decision.votes if self.incident.decision else ()
        found = [cite for vote in votes for cite in vote.cites]
        found += [cite for one in self.known.values() for cite in one.cites]
        return tuple(dict.fromkeys(found))

    def unresolved(self) -> tuple[str, ...]:
        """Return the cited ids that the bundle lacks; empty when it cannot be read."""
        if self.bundle is None:
            return ()
        present = citable(self.bundle)
        return tuple(cite for cite in self.cited() if cite not in present)


def citable(bundle: Bundle) -> frozenset[str]:
    """Return the ids in the bundle that a vote or candidate may cite."""
    return frozenset(
        [
            *(series.id for series in bundle.series),
            *(change.id for change in bundle.changes),
            *(template.id for template in bundle.templates),
            *(f"{STATE}{state.resource}" for state in bundle.states),
        ]
    )


def read_input(events: Sequence[IncidentEvent], evidence: EvidenceStore) -> ReportInput:
    """Fold the events and fetch the evidence. Raises InvalidHistoryError (the log)."""
    incident = replay(events)
    bundle, problems = _bundle(incident, evidence)
    return ReportInput(tuple(events), incident, actions(events), bundle, problems)


def _bundle(incident: Incident, evidence: EvidenceStore) -> tuple[Bundle | None, tuple[Words, ...]]:
    frozen = incident.basis
    if frozen is None:
        return None, ()
    try:
        return evidence.get_bundle(frozen.evidence), ()
    except StoreUnavailableError as error:
        return None, (("The evidence could not be read again: ", outsider(str(error)), "."),)
    except InvalidHistoryError as error:
        why = outsider(str(error))
        return None, (("The stored evidence differs from the one that was voted on: ", why, "."),)
