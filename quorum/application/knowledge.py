"""The knowledge updater: ended incidents become entries of the memory and of known problems.

It is a projection of the log: repeated, reordered and interrupted updates end with the same content
as one pass over the log (`rebuild`). The occurrence is stored before the entries and read again
after them, so that of two updates at once the later one counts both incidents, and an incident that
is forgotten meanwhile leaves nothing behind.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from quorum.domain.errors import StoreUnavailableError
from quorum.domain.events import IncidentEvent
from quorum.domain.experiences import Experience, decisive_revision
from quorum.domain.incident import replay
from quorum.domain.known_problems import Occurrence, problem_entry
from quorum.domain.memory_entries import (
    Embedded,
    EntryId,
    MemoryEntry,
    incident_source,
    problem_source,
)
from quorum.ports.log import EvidenceStore
from quorum.ports.memory import Embedder, Memory, Occurrences

REPETITIONS: Final = 5
"""Of a problem's entry, while other incidents join it; and of a deletion, until all is found."""


def experience(history: Sequence[IncidentEvent], evidence: EvidenceStore) -> Experience | None:
    """Return what an ended incident teaches; None while it is open.

    The evidence of a forgotten incident is not read. Raises InvalidHistoryError for inconsistent
    log or evidence, and StoreUnavailableError.
    """
    incident = replay(history)
    if incident.closed is None and incident.forgotten is None:
        return None
    frozen = incident.last_action.evidence if incident.last_action else incident.basis
    read = frozen is not None and incident.forgotten is None
    bundle = evidence.get_bundle(frozen.evidence) if frozen and read else None
    return Experience(incident, decisive_revision(history), bundle)


@dataclass(frozen=True, slots=True)
class KnowledgeUpdater:
    """Updates of one memory with one embedder."""

    memory: Memory
    embedder: Embedder
    occurrences: Occurrences

    def learn(self, one: Experience, *, again: bool = False) -> bool:
        """Remember the incident, or forget it; return False when nothing was left to do.

        `again` stores entries that are in a former index already. Idempotent. Raises the errors of
        `Embedder.embed`, `Memory` and `Occurrences`: repeat it.
        """
        if one.forgotten:
            return self._forget(one, again=again)
        occurrence = one.occurrence
        if self.occurrences.finished(occurrence) and not again:
            return False
        if not self.occurrences.put(occurrence):
            return False
        self.memory.remember([self._embedded(e) for e in one.entries(self.embedder.model)])
        self._update_problem(occurrence.problem)
        stored = self.occurrences.find(occurrence.incident_id)
        if stored is not None and stored.forgotten:
            self._delete(incident_source(occurrence.incident_id))
            return False
        self.occurrences.finish(occurrence)
        return True

    def _forget(self, one: Experience, *, again: bool) -> bool:
        incident_id = one.incident.incident_id
        known = self.occurrences.find(incident_id)
        forgotten = Occurrence(
            incident_id=incident_id,
            problem=known.problem if known else None,
            revision=one.revision,
            forgotten=True,
        )
        if self.occurrences.finished(forgotten) and not again:
            return False
        self.occurrences.put(forgotten)
        self._delete(incident_source(incident_id))
        self._update_problem(forgotten.problem)
        self.occurrences.finish(forgotten)
        return True

    def _update_problem(self, problem: EntryId | None) -> None:
        """Store the problem's entry with all its occurrences; delete it when none is left."""
        if problem is None:
            return
        for _ in range(REPETITIONS):
            occurrences = self.occurrences.of(problem)
            entry = problem_entry(occurrences, self.embedder.model)
            if entry is None:
                self._delete(problem_source(problem))
            else:
                self.memory.remember([self._embedded(entry)])
            if self.occurrences.of(problem) == occurrences:
                return
        raise StoreUnavailableError(f"problem {problem}: other incidents keep joining it")

    def _delete(self, source: str) -> None:
        """Delete the source's entries. One that cannot be searched yet is found by a later pass."""
        for _ in range(REPETITIONS):
            if self.memory.forget(source) == 0:
                return

    def _embedded(self, entry: MemoryEntry) -> Embedded:
        return embedded(entry, self.embedder)


def embedded(entry: MemoryEntry, embedder: Embedder) -> Embedded:
    """Return the entry with its vector. Raises the errors of `Embedder.embed`."""
    return Embedded(entry=entry, vector=embedder.embed(entry.text.outsider))


def rebuild(updater: KnowledgeUpdater, log: Callable[[], Iterable[Experience]]) -> int:
    """Build the memory anew from the log, with the updater's embedder; return the incidents in it.

    `log` yields every ended incident at each call. It is read again after the switch to the new
    index: an incident that ended meanwhile may have been stored in the former one alone. Raises
    what `learn` raises; the index in use is then unchanged, or a repetition completes it.
    """
    read: dict[str, Occurrence] = {}
    updater.memory.rebuild(updater.embedder.model, _whole(updater, log(), read))
    for occurrence in read.values():
        updater.occurrences.finish(occurrence)
    for one in log():
        known = read.get(one.incident.incident_id)
        if known is None or known.revision != one.revision:
            updater.learn(one, again=True)
    return len(read)


def _whole(
    updater: KnowledgeUpdater, log: Iterable[Experience], read: dict[str, Occurrence]
) -> Iterator[Embedded]:
    """Yield the entries of all incidents, then those of their problems; note what was read."""
    problems: set[EntryId] = set()
    for one in log:
        if one.forgotten or not updater.occurrences.put(occurrence := one.occurrence):
            continue
        read[occurrence.incident_id] = occurrence
        if occurrence.problem is not None:
            problems.add(occurrence.problem)
        for entry in one.entries(updater.embedder.model):
            yield embedded(entry, updater.embedder)
    for problem in sorted(problems):
        found = problem_entry(updater.occurrences.of(problem), updater.embedder.model)
        if found is not None:
            yield embedded(found, updater.embedder)
