"""Entries of the memory, with the vectors of the hashing embedder."""

from typing import Any, Final

from quorum.domain.base import OutsiderText
from quorum.domain.memory_entries import (
    Embedded,
    EmbeddingModel,
    EntryKind,
    Filters,
    MemoryEntry,
    MemoryQuery,
    entry_id,
    incident_source,
)
from tests.fakes.embedder import HashingEmbedder

EMBEDDER: Final = HashingEmbedder()
AT: Final = 1_795_000_000


def entry(
    name: str, text: str, model: EmbeddingModel = EMBEDDER.model, **values: Any
) -> MemoryEntry:
    """Return an incident's entry; its id and source follow from the name."""
    kind: EntryKind = values.pop("kind", "incident")
    return MemoryEntry(
        **{
            "id": entry_id(kind, name),
            "kind": kind,
            "source": incident_source(entry_id("incident", name)),
            "author": "outsider",
            "at": AT,
            "account": "111122223333",
            "service": "lambda",
            "text": OutsiderText.of(text),
            "model": model,
            **values,
        }
    )


def embedded(name: str, text: str, embedder: HashingEmbedder = EMBEDDER, **values: Any) -> Embedded:
    """Return an entry with its vector."""
    return Embedded(entry=entry(name, text, embedder.model, **values), vector=embedder.embed(text))


def query(
    text: str,
    embedder: HashingEmbedder = EMBEDDER,
    kind: EntryKind = "incident",
    limit: int = 50,
    **filters: Any,
) -> MemoryQuery:
    """Return a query with the text's vector."""
    return MemoryQuery(
        kind=kind,
        text=text,
        vector=embedder.embed(text),
        model=embedder.model,
        filters=Filters(**filters),
        limit=limit,
    )
