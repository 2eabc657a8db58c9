"""A search of the memory: embed the text, search by vector and words, rank with the structure."""

from dataclasses import dataclass

from quorum.domain.hybrid_ranking import Match, rank
from quorum.domain.memory_entries import EntryKind, Filters, MemoryQuery, Structure
from quorum.ports.memory import Embedder, Memory


@dataclass(frozen=True, slots=True)
class Recollection:
    """Searches of one memory by one embedder."""

    memory: Memory
    embedder: Embedder

    def recall(
        self,
        kind: EntryKind,
        text: str,
        structure: Structure,
        *,
        filters: Filters | None = None,
        limit: int = 5,
    ) -> tuple[Match, ...]:
        """Return the best matches. Raises the errors of `Embedder.embed` and `Memory.search`."""
        query = MemoryQuery(
            kind=kind,
            text=text,
            vector=self.embedder.embed(text),
            model=self.embedder.model,
            filters=filters or Filters(),
        )
        return rank(self.memory.search(query), structure, limit)
