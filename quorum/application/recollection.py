"""A search of the memory: embed the text, search by vector and words, rank with the structure."""

from collections.abc import Mapping
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
        limits: Mapping[EntryKind, int],
        text: str,
        structure: Structure,
        filters: Filters | None = None,
    ) -> tuple[Match, ...]:
        """Return the best matches of each kind, at most so many; the text is embedded once.

        Raises the errors of `Embedder.embed` and `Memory.search`.
        """
        model, vector = self.embedder.model, self.embedder.embed(text)
        found: list[Match] = []
        for kind, limit in limits.items():
            query = MemoryQuery(
                kind=kind, text=text, vector=vector, model=model, filters=filters or Filters()
            )
            found += rank(self.memory.search(query), structure, limit)
        return tuple(found)
