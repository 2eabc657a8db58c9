"""Rank fusion, BM25 and the hybrid ranking."""

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorum.application.recollection import Recollection
from quorum.domain.hybrid_ranking import rank, seen_before, structural_likeness
from quorum.domain.lexical_ranking import bm25, words
from quorum.domain.memory_entries import Hit, Hits, MemoryEntry, Structure
from quorum.domain.rank_fusion import fuse
from quorum.domain.vectors import cosine, feature_cosine
from tests.builders.memory import EMBEDDER, embedded, entry
from tests.fakes.vector_memory import InMemoryVectorMemory

SCORES = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 5).map(float))


def test_fusion_sums_reciprocal_ranks_and_equal_scores_share_a_rank() -> None:
    fused = fuse([{"a": 3.0, "b": 2.0, "c": 2.0, "d": 1.0}, {"d": 9.0}])
    assert fused == {"a": 1 / 61, "b": 1 / 62, "c": 1 / 62, "d": 1 / 64 + 1 / 61}


@given(st.lists(SCORES, max_size=4))
def test_fusion_depends_on_order_alone(rankings: list[dict[str, float]]) -> None:
    scaled = [{item: score * 7 + 1 for item, score in one.items()} for one in rankings]
    assert fuse(rankings) == fuse(scaled)
    assert set(fuse(rankings)) == {item for one in rankings for item in one}


@given(SCORES, SCORES)
def test_the_first_of_every_ranking_is_the_first_of_all(
    one: dict[str, float], other: dict[str, float]
) -> None:
    top = {"z": 99.0}
    fused = fuse([one | top, other | top])
    assert max(fused, key=lambda item: fused[item]) == "z"


def test_bm25_prefers_rare_words_and_short_texts() -> None:
    texts = {
        "rare": "connection pool exhausted",
        "long": "connection pool exhausted after a retry of the same request again and again",
        "common": "request failed",
        "other": "request retried",
    }
    scores = bm25("Request: POOL exhausted", texts)
    assert sorted(scores, key=lambda key: -scores[key])[:2] == ["rare", "long"]
    assert set(scores) == set(texts)
    assert bm25("nothing shared", texts) == {}
    assert bm25("anything", {}) == {}


def test_bm25_gives_the_value_of_its_formula() -> None:
    # one of two texts holds the word, once, and both have the mean length
    found = bm25("pool", {"a": "pool full", "b": "queue full"})
    assert isclose(found["a"], 0.6931471805599453 / 2.2)


def test_names_with_dots_are_one_word() -> None:
    assert words("db.timeout at v1.2, user_id=7") == ["db.timeout", "at", "v1.2", "user_id", "7"]


@given(st.lists(st.floats(-9, 9), min_size=1, max_size=5))
def test_the_cosine_of_features_is_that_of_vectors(values: list[float]) -> None:
    named = {str(n): value for n, value in enumerate(values)}
    assert isclose(cosine(values, values), feature_cosine(named, named))
    assert feature_cosine(named, {}) == 0.0


def test_vectors_of_different_lengths_have_no_cosine() -> None:
    with pytest.raises(ValueError, match="zip"):
        cosine([1.0], [1.0, 2.0])


def hits(*entries: MemoryEntry) -> Hits:
    """Return hits with the entries in this order in both rankings."""
    ranked = tuple(Hit(one, 1.0 - n / 10) for n, one in enumerate(entries))
    return Hits(ranked, ranked)


def structure(resource: str = "lambda:checkout", **features: float) -> Structure:
    """Return a structure with these features, with one alarm."""
    return Structure(features=features, resources=(resource,))


def test_structure_decides_between_texts_that_are_alike() -> None:
    same = entry("same", "timeout", structure=structure(throttled=1.0))
    other = entry("other", "timeout", structure=structure(slower=1.0))
    found = rank(hits(other, same), structure(throttled=1.0), 5)
    assert [match.entry.id for match in found] == [same.id, other.id]
    assert [match.likeness for match in found] == [1.0, 0.0]


def test_the_same_failure_elsewhere_is_less_alike() -> None:
    here = structure(failing=1.0)
    assert structural_likeness(here, here) == pytest.approx(1.0)
    assert structural_likeness(here, structure("lambda:stock", failing=1.0)) == pytest.approx(0.5)
    assert structural_likeness(here, Structure(features={"failing": 1.0})) == pytest.approx(1.0)


@given(SCORES, SCORES)
def test_likeness_is_symmetric_and_from_0_to_1(
    one: dict[str, float], other: dict[str, float]
) -> None:
    a, b = Structure(features=one), Structure(features=other)
    assert structural_likeness(a, b) == structural_likeness(b, a)
    assert 0 <= structural_likeness(a, b) <= 1 + 1e-9


def test_an_entry_found_by_words_alone_has_no_cosine() -> None:
    only = Hits((), (Hit(entry("a", "timeout"), 2.0),))
    (found,) = rank(only, Structure(), 5)
    assert (found.meaning, found.words, found.likeness) == (None, 2.0, 0.5)
    assert not seen_before(found)


@pytest.mark.parametrize(
    ("meaning", "failing", "seen"), [(0.9, 1.0, True), (0.7, 1.0, False), (0.9, 0.0, False)]
)
def test_the_same_problem_needs_both_meaning_and_structure(
    meaning: float,
    failing: float,
    seen: bool,  # noqa: FBT001
) -> None:
    one = entry("a", "timeout", structure=structure(failing=failing, slower=1 - failing))
    (found,) = rank(Hits((Hit(one, meaning),), ()), structure(failing=1.0), 5)
    assert seen_before(found) is seen


@given(st.integers(1, 8))
def test_the_limit_holds_and_order_is_by_score(limit: int) -> None:
    entries = [
        entry(str(n), "timeout", structure=structure(slower=n / 9, failing=1.0)) for n in range(6)
    ]
    found = rank(hits(*entries), structure(slower=1.0), limit)
    scores = [match.score for match in found]
    assert len(found) == min(limit, 6)
    assert scores == sorted(scores, reverse=True)


def test_a_recollection_embeds_searches_and_ranks() -> None:
    memory = InMemoryVectorMemory(EMBEDDER.model)
    memory.remember(
        [
            embedded("pool", "connection pool exhausted", structure=structure(slower=1.0)),
            embedded("pool-2", "connection pool exhausted", structure=structure(throttled=1.0)),
            embedded("disk", "no space left on device", structure=structure(slower=1.0)),
        ]
    )
    found = Recollection(memory, EMBEDDER).recall(
        {"incident": 2, "finding": 2}, "the connection pool is exhausted", structure(slower=1.0)
    )
    assert found[0].entry.id == entry("pool", "").id
    assert len(found) == 2
