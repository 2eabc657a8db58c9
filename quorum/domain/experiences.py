"""Experiences: an ended incident as entries of the memory, computed from its log and evidence.

The same functions make the text and the structure that a later incident is compared by.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from quorum.domain.base import OutsiderText
from quorum.domain.events import (
    ActionUndone,
    IncidentClosed,
    IncidentEvent,
    IncidentForgotten,
    RecoveryChecked,
    UndoRefused,
    affected,
)
from quorum.domain.evidence import Alarm, Bundle, Change, LogTemplate
from quorum.domain.fingerprint import fingerprint
from quorum.domain.incident import Incident
from quorum.domain.known_problems import Occurrence, problem_id
from quorum.domain.memory_entries import (
    Author,
    EmbeddingModel,
    MemoryEntry,
    Outcome,
    Structure,
    entry_id,
    incident_source,
)
from quorum.domain.outcomes import action_helped, verb_taken

MOST_LINES: Final = 8
MOST_LINE: Final = 200
ERRORS_FOUND: Final = 3
CHANGES_FOUND: Final = 2
DECISIVE: Final = (IncidentClosed, ActionUndone, RecoveryChecked, UndoRefused, IncidentForgotten)
"""Events that change what an ended incident teaches; messages and reports do not."""
_OUTCOMES: Final[dict[bool | None, Outcome]] = {True: "worked", False: "failed", None: "unverified"}


@dataclass(frozen=True, slots=True)
class Experience:
    """An ended incident, with the evidence that its last action, or else its decision, rests on."""

    incident: Incident
    revision: int
    bundle: Bundle | None

    @property
    def forgotten(self) -> bool:
        """Return whether a person had the incident forgotten."""
        return self.incident.forgotten is not None

    @property
    def occurrence(self) -> Occurrence:
        """Return the incident as an occurrence of its known problem."""
        alarm, alarms = self.incident.opened.alarm, self._alarms()
        structure = self._structure()
        closed = self.incident.closed
        return Occurrence(
            incident_id=self.incident.incident_id,
            problem=problem_id(alarm, structure.features),
            revision=self.revision,
            at=int(closed.occurred_at.timestamp()) if closed else 0,
            account=alarm.account,
            service=service_of(alarms),
            outcome=_OUTCOMES[action_helped(self.incident)],
            verb=verb_taken(self.incident),
            structure=structure,
            text=incident_text(alarms, self.bundle),
        )

    def entries(self, model: EmbeddingModel) -> Iterator[MemoryEntry]:
        """Yield the entry of the incident and those of its findings."""
        one = self.occurrence
        common = one.model_dump(
            include={"revision", "at", "account", "service", "outcome", "verb", "problem"}
        ) | {
            "structure": one.structure,
            "source": incident_source(one.incident_id),
            "model": model,
        }
        incident = {"id": entry_id("incident", one.incident_id), "kind": "incident"}
        yield MemoryEntry(**common, **incident, author="outsider", text=one.text)
        for place, (author, text) in self._findings():
            finding = {"id": entry_id("finding", one.incident_id, place), "kind": "finding"}
            yield MemoryEntry(**common, **finding, author=author, text=OutsiderText.redacted(text))

    def _alarms(self) -> tuple[Alarm, ...]:
        joined = (event.alarm for event in self.incident.joined)
        return (self.incident.opened.alarm, *joined)

    def _structure(self) -> Structure:
        return structure_of(self._alarms(), self.bundle)

    def _findings(self) -> Iterator[tuple[str, tuple[Author, str]]]:
        """Yield the place of each finding within the incident, its author and its text."""
        errors = new_errors(self.bundle)[:ERRORS_FOUND] if self.bundle else []
        for line in errors:
            yield line.id, ("outsider", f"{line.resource}: {line.template.outsider}")
        for change in self._newest_changes():
            what = f"{change.resource}: {change.kind} {change.setting}"
            yield change.id, ("outsider", f"{what} from {change.before} to {change.after}")
        for one in self.incident.actions:
            verdict = one.checked.verdict if one.checked else "not verified"
            done = one.captured.candidate.summary if one.captured else one.decision.action
            undone = ", undone" if one.undone else ""
            yield f"round {one.decision.round}", ("quorum", f"{done}: {verdict}{undone}")

    def _newest_changes(self) -> list[Change]:
        changes = [c for c in self.bundle.changes if not c.ours] if self.bundle else []
        return sorted(changes, key=lambda c: (-c.at, c.id))[:CHANGES_FOUND]


def decisive_revision(history: Iterable[IncidentEvent]) -> int:
    """Return the version of the newest event that changes what the incident teaches; 0: none."""
    return max((event.version for event in history if isinstance(event, DECISIVE)), default=0)


def structure_of(alarms: tuple[Alarm, ...], bundle: Bundle | None) -> Structure:
    """Return the part that no author of text can influence."""
    features = fingerprint(bundle) if bundle else {}
    return Structure(features=features, resources=affected(alarms))


def service_of(alarms: tuple[Alarm, ...]) -> str:
    """Return the kind of the first alarmed resource, as in `lambda`."""
    return affected(alarms[:1])[0].partition(":")[0]


def incident_text(alarms: tuple[Alarm, ...], bundle: Bundle | None) -> OutsiderText:
    """Return the text that is embedded: the alarms' names and the new error lines."""
    lines = [f"alarm {alarm.name}" for alarm in alarms]
    if bundle is not None:
        lines += [one.template.outsider for one in new_errors(bundle)]
    short = [" ".join(line.split())[:MOST_LINE] for line in lines]
    return OutsiderText.redacted("\n".join(dict.fromkeys(short[:MOST_LINES])))


def new_errors(bundle: Bundle) -> list[LogTemplate]:
    """Return the error lines that grew since the onset, those that grew most first."""
    errors = [t for t in bundle.templates if t.level == "error" and t.after > t.before]
    return sorted(errors, key=lambda t: (t.before - t.after, t.id))
