"""The memory of incidents and runbooks in a dictionary, searched exactly."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from quorum.domain.errors import InvalidInputError
from quorum.domain.lexical_ranking import bm25
from quorum.domain.memory_entries import (
    Embedded,
    EmbeddingModel,
    Hit,
    Hits,
    MemoryEntry,
    MemoryQuery,
    require_model,
)
from quorum.domain.vectors import cosine


class InMemoryVectorMemory:
    """A `Memory` that compares every entry."""

    def __init__(self, model: EmbeddingModel) -> None:
        self.model = model
        self._stored: dict[str, Embedded] = {}

    def remember(self, entries: Sequence[Embedded]) -> None:
        """Store the entries; the higher revision stays."""
        require_model(self.model, entries)
        for one in entries:
            known = self._stored.get(one.entry.id)
            if known is None or known.entry.revision < one.entry.revision:
                self._stored[one.entry.id] = one

    def search(self, query: MemoryQuery) -> Hits:
        """Return the nearest entries by vector and by words."""
        if query.model != self.model:
            raise InvalidInputError(f"model: the index is of {self.model.id}")
        found = {
            key: one
            for key, one in self._stored.items()
            if one.entry.kind == query.kind and query.filters.admit(one.entry)
        }
        by_vector = {key: cosine(query.vector, one.vector) for key, one in found.items()}
        by_words = bm25(query.text, {key: o.entry.text.outsider for key, o in found.items()})
        return Hits(self._best(by_vector, query.limit), self._best(by_words, query.limit))

    def forget(self, source: str) -> int:
        """Delete the entries of this source; return how many."""
        forgotten = [key for key, one in self._stored.items() if one.entry.source == source]
        for key in forgotten:
            del self._stored[key]
        return len(forgotten)

    def entries(self) -> Iterator[MemoryEntry]:
        """Return all entries."""
        return iter([one.entry for one in self._stored.values()])

    def rebuild(self, model: EmbeddingModel, entries: Iterable[Embedded]) -> None:
        """Replace the content and the model at once."""
        fresh = InMemoryVectorMemory(model)
        fresh.remember(list(entries))
        self.model, self._stored = model, fresh._stored

    def _best(self, scores: Mapping[str, float], limit: int) -> tuple[Hit, ...]:
        best = sorted(scores, key=lambda key: (-scores[key], key))[:limit]
        return tuple(Hit(self._stored[key].entry, scores[key]) for key in best)
