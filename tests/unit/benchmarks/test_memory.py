"""The simulated incidents of the memory's benchmark, and its figures."""

import random

from benchmarks.memory import (
    LOOK_ALIKES,
    OCCURRENCES,
    SEED,
    TUNING_SEED,
    Corpus,
    Run,
    corpus,
    embedded,
    found_by,
    run,
    seen,
)
from benchmarks.memory_families import (
    CAUSES,
    COMPONENTS,
    MECHANISMS,
    Problem,
    all_problems,
    asked,
    look_alikes,
)
from quorum.domain.lexical_ranking import words
from tests.fakes.embedder import HashingEmbedder
from tests.fakes.vector_memory import InMemoryVectorMemory

EMBEDDER = HashingEmbedder(64)
SMALL = Corpus(*(part[:80] for part in corpus(100, 20, TUNING_SEED)))


def small_run() -> Run:
    """Return a run over a few incidents, with hashed words for vectors."""
    return run("in_memory", 100, InMemoryVectorMemory(EMBEDDER.model), SMALL, EMBEDDER.embed)


def test_every_combination_is_a_problem_once() -> None:
    problems = all_problems()
    assert len(set(problems)) == len(MECHANISMS) * len(COMPONENTS) * len(CAUSES)


def test_a_look_alike_shares_two_parts_and_is_another_problem() -> None:
    problem = all_problems()[0]
    rng = random.Random(1)  # noqa: S311
    for other in look_alikes(problem, {problem}, rng):
        assert sum(a == b for a, b in zip(problem, other, strict=True)) == 2


def test_a_corpus_holds_its_sizes_and_novel_problems_are_not_stored() -> None:
    found = corpus(1000, 30, SEED)
    stored = [case.problem for case in found.stored]
    assert len(stored) == 1000 + LOOK_ALIKES
    assert all(stored.count(case.problem) == OCCURRENCES for case in found.known)
    assert not {case.problem for case in found.novel} & set(stored)
    assert found == corpus(1000, 30, SEED)
    assert found != corpus(1000, 30, TUNING_SEED)


def test_the_new_words_of_a_query_are_in_no_stored_incident() -> None:
    rng = random.Random(1)  # noqa: S311
    stored = "\n".join(case.text for case in corpus(1000, 1, SEED).stored)
    for mechanism in MECHANISMS:
        query = asked(Problem(mechanism, COMPONENTS[0], "release"), rng, new_words=True)
        line = query.text.partition(": ")[2].partition(" (request")[0]
        assert line not in stored
        assert len(words(line)) > 3


def test_exact_search_agrees_with_itself_and_shares_are_shares() -> None:
    found = small_run()
    assert found.agreement == 1.0
    for name in ("hybrid", "vector", "bm25", "fingerprint"):
        recall = found_by(name, found, found.known)
        assert 0 <= recall.recall <= 1
        assert recall.wanted == OCCURRENCES * len(found.known)
    assert 0 <= seen(found.novel) <= 1


def test_an_entry_names_its_problem_and_not_in_its_structure() -> None:
    case = SMALL.stored[0]
    one = embedded(0, case, InMemoryVectorMemory(EMBEDDER.model), EMBEDDER.embed).entry
    assert one.source == "incident:" + "/".join(case.problem)
    assert case.problem.mechanism not in one.structure.model_dump_json()
