"""The ranking of found entries: by vector, by words and by structure, fused.

Text decides which entries are looked at; among them the structural fingerprint has a ranking of its
own. An entry that resembles the incident in text alone therefore ranks below one that resembles it
in both.
"""

from collections.abc import Mapping

from quorum.domain.base import Record
from quorum.domain.memory_entries import Hits, MemoryEntry
from quorum.domain.rank_fusion import fuse
from quorum.domain.vectors import feature_cosine


class Match(Record):
    """A found entry with the reasons for its rank."""

    entry: MemoryEntry
    score: float
    """The sum of reciprocal ranks: it orders the matches of one query and means nothing else."""
    meaning: float | None
    """Cosine of the embeddings, -1 to 1; None when the search by vector did not find it."""
    words: float | None
    """BM25; None when no word is shared."""
    structure: float
    """Cosine of the fingerprints, 0 to 1; 0 when one of them is empty."""


def rank(hits: Hits, features: Mapping[str, float], limit: int) -> tuple[Match, ...]:
    """Return at most `limit` matches, best first; equal scores in the order of their ids."""
    meaning = {hit.entry.id: hit.score for hit in hits.by_vector}
    shared = {hit.entry.id: hit.score for hit in hits.by_words}
    entries = {hit.entry.id: hit.entry for hit in (*hits.by_vector, *hits.by_words)}
    alike = {key: feature_cosine(features, one.features) for key, one in entries.items()}
    structure = {key: likeness for key, likeness in alike.items() if likeness > 0}
    scores = fuse((meaning, shared, structure))
    best = sorted(scores, key=lambda key: (-scores[key], key))[:limit]
    return tuple(
        Match(
            entry=entries[key],
            score=scores[key],
            meaning=meaning.get(key),
            words=shared.get(key),
            structure=alike[key],
        )
        for key in best
    )
