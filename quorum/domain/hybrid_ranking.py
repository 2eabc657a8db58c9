"""The ranking of found entries: vector and words fused, then weighed by structure.

Text decides which entries are looked at. The structural likeness then weighs them, so that an entry
that resembles the incident in text alone ranks below one that resembles it in both.
"""

from typing import Final

from quorum.domain.base import Record
from quorum.domain.memory_entries import Hits, MemoryEntry, Structure
from quorum.domain.rank_fusion import fuse
from quorum.domain.vectors import feature_cosine

OTHER_PLACE: Final = 0.5
"""The factor of an entry whose alarms were on other resources."""
UNKNOWN: Final = 0.5
"""The likeness where one side has no fingerprint, as passages of runbooks."""
SAME_MEANING: Final = 0.8
SAME_STRUCTURE: Final = 0.9
"""Least likeness of the same problem. Both were chosen on incidents of another seed than the one
that `python -m benchmarks.memory` measures with, as were the factors above."""


class Match(Record):
    """A found entry with the reasons for its rank."""

    entry: MemoryEntry
    score: float
    """Fused reciprocal ranks times the square of the likeness: it orders the matches of one query
    and means nothing else."""
    meaning: float | None
    """Cosine of the embeddings, -1 to 1; None when the search by vector did not find it."""
    words: float | None
    """BM25; None when no word is shared."""
    likeness: float
    """Of the structures, 0 to 1."""


def rank(hits: Hits, structure: Structure, limit: int) -> tuple[Match, ...]:
    """Return at most `limit` matches, best first; equal scores in the order of their ids."""
    meaning = {hit.entry.id: hit.score for hit in hits.by_vector}
    shared = {hit.entry.id: hit.score for hit in hits.by_words}
    entries = {hit.entry.id: hit.entry for hit in (*hits.by_vector, *hits.by_words)}
    likeness = {key: structural_likeness(structure, e.structure) for key, e in entries.items()}
    fused = fuse((meaning, shared))
    scores = {key: text * likeness[key] ** 2 for key, text in fused.items()}
    best = sorted(scores, key=lambda key: (-scores[key], key))[:limit]
    return tuple(
        Match(
            entry=entries[key],
            score=scores[key],
            meaning=meaning.get(key),
            words=shared.get(key),
            likeness=likeness[key],
        )
        for key in best
    )


def structural_likeness(one: Structure, other: Structure) -> float:
    """Return the cosine of the fingerprints, less where the alarms were on other resources."""
    comparable = one.features and other.features
    cosine = feature_cosine(one.features, other.features) if comparable else UNKNOWN
    apart = one.resources and other.resources and not set(one.resources) & set(other.resources)
    return max(0.0, cosine) * (OTHER_PLACE if apart else 1.0)


def seen_before(match: Match) -> bool:
    """Return whether meaning and structure are near enough for the same problem."""
    return (match.meaning or 0.0) >= SAME_MEANING and match.likeness >= SAME_STRUCTURE
