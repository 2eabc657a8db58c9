"""The memory of past incidents and runbooks, the model that embeds texts, and sources of runbooks.

Writers and readers may be apart by seconds: no caller relies on finding what it just stored.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from quorum.domain.known_problems import Occurrence
from quorum.domain.memory_entries import (
    Embedded,
    EmbeddingModel,
    EntryId,
    Hits,
    MemoryEntry,
    MemoryQuery,
    Vector,
)
from quorum.domain.runbook_passages import Passage


class Embedder(Protocol):
    """A model that maps texts to vectors."""

    @property
    def model(self) -> EmbeddingModel:
        """The model and the length of its vectors."""
        ...

    def embed(self, text: str) -> Vector:
        """Return the vector of a text, which may not be empty; a too long one is shortened.

        Raises ModelThrottledError, ModelUnavailableError, ModelAnswerError, InvalidInputError.
        """
        ...


class Memory(Protocol):
    """Entries with vectors, in an index that belongs to one model."""

    @property
    def model(self) -> EmbeddingModel:
        """The model of the index in use. Raises StoreUnavailableError."""
        ...

    def remember(self, entries: Sequence[Embedded]) -> None:
        """Store the entries; of two with the same id the one with the higher revision stays.

        Storing an entry again changes nothing. Raises InvalidInputError for an entry of another
        model, before anything is stored, and StoreUnavailableError: also when a rebuild ended
        meanwhile, because the entries may be in the former index alone. Store them again.
        """
        ...

    def search(self, query: MemoryQuery) -> Hits:
        """Return the nearest entries by vector and by words, best first.

        Raises InvalidInputError for a query of another model, and StoreUnavailableError.
        """
        ...

    def forget(self, source: str) -> int:
        """Delete the entries of this source; return how many were found.

        An entry that is not searchable yet is not found: repeat it until the result is 0.
        """
        ...

    def entries(self) -> Iterator[MemoryEntry]:
        """Return all entries of the index in use, in no particular order."""
        ...

    def rebuild(self, model: EmbeddingModel, entries: Iterable[Embedded]) -> None:
        """Fill a new index beside the one in use, switch to it, and delete the old one.

        Searches read the old one until the switch. Raises InvalidInputError for an entry of another
        model, and StoreUnavailableError; the index in use is then unchanged.
        """
        ...


class Occurrences(Protocol):
    """Occurrences of known problems, read consistently. Of one incident the newest revision stays.

    It decides which incidents an entry of a problem counts, since a search of the memory may lag.
    """

    def put(self, occurrence: Occurrence) -> bool:
        """Store the occurrence; return False when a higher revision is stored."""
        ...

    def find(self, incident_id: str) -> Occurrence | None:
        """Return the incident's occurrence, or None."""
        ...

    def of(self, problem: EntryId) -> Sequence[Occurrence]:
        """Return the problem's occurrences, forgotten ones included."""
        ...

    def finish(self, occurrence: Occurrence) -> None:
        """Record that all entries of this revision are in the memory."""
        ...

    def finished(self, occurrence: Occurrence) -> bool:
        """Return whether `finish` was called for this revision or a higher one."""
        ...


class Knowledge(Protocol):
    """A source of runbooks."""

    def passages(self) -> Iterator[Passage]:
        """Return the passages of all runbooks."""
        ...
