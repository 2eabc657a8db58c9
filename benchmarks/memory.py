"""Memory: does it find the same problem again, and does it claim so when the problem is new?

Incidents are simulated (`benchmarks/memory_families.py`): each problem occurs four times, beside
1,000 look-alikes that are other problems, each with one of the problem's mechanism, place and cause
replaced. An incident has two error lines. A query is the next incident of a stored problem: one of
its lines is in words that no stored incident uses; *new words* are queries with that line alone.
*Novel* queries are look-alikes that the memory does not hold. Texts are embedded by a real, small
model behind Bedrock's request and response (`local/memory`), not by Titan. *recall@5* is the share
of the four that are among the first five, *MRR* the mean reciprocal rank of the first of them.
*False seen* is the share of novel queries whose best match passes for the same problem, *true seen*
that of the others. Its limits were chosen with another seed. Each adapter searches a real server;
*agreement* is the share of the five nearest vectors that exact arithmetic also finds. The emulator
of DynamoDB searches in Python: its times are not those of AWS, and 10,000 incidents are left out
there.
"""

import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from math import ceil
from typing import Any, Final, NamedTuple

import numpy as np

from benchmarks import result
from benchmarks.memory_families import Case, Problem, all_problems, asked, look_alikes, stored
from benchmarks.result import Cell, Goal, Measured, ResultTable
from local.memory.artefacts import ArtefactsUnavailableError
from local.memory.embedding import EmbeddingServer, bedrock
from quorum.adapters.llm.titan_embedder import TitanEmbedder
from quorum.domain.base import OutsiderText
from quorum.domain.embedding_models import V2
from quorum.domain.hybrid_ranking import Match, rank, seen_before, structural_likeness
from quorum.domain.memory_entries import (
    Embedded,
    Filters,
    Hits,
    MemoryEntry,
    MemoryQuery,
    Structure,
    entry_id,
    incident_source,
)
from quorum.domain.statistics import wilson
from quorum.ports.memory import Memory
from tests.integration.memory.stages import RefreshedOpenSearchMemory, Servers, servers

SEED: Final = 20261129
TUNING_SEED: Final = 7
"""The seed with which the limits of `seen_before` were chosen."""
OCCURRENCES: Final = 4
LOOK_ALIKES: Final = 1000
DIMENSIONS: Final = 512
FIRST: Final = 5
AT: Final = 1_795_000_000
DAY: Final = 86_400
SIZES: Final[Mapping[str, Mapping[int, int]]] = {
    "in_memory": {100: 60, 1000: 40},
    "opensearch": {100: 200, 1000: 200, 10_000: 200},
    "dynamodb": {100: 10, 1000: 5},
}
"""Queries of each kind by adapter and number of incidents."""
RANKED_AT: Final = 1000
"""The size at which the rankers are compared."""
RANKED_BY: Final = "opensearch"
RANKERS: Final = ("hybrid", "vector", "bm25", "fingerprint")
WRITE_UNIT, READ_UNIT = 0.625e-6, 0.125e-6
VECTOR_WRITE_GB, VECTOR_SEARCH_GB = 0.52, 0.002
TOKEN: Final = 0.02e-6
"""List prices in dollars: units of on-demand tables, GB of vector indexes, Titan v2's tokens."""
NUMBER_BYTES: Final = 8
"""Of a number of nine digits in an item."""
CHARACTERS_PER_TOKEN: Final = 4.7

Embed = Callable[[str], tuple[float, ...]]


class Corpus(NamedTuple):
    """Stored incidents, and queries for what is stored and for what is not."""

    stored: list[Case]
    known: list[Case]
    novel: list[Case]
    reworded: list[Case]


class MemoryMeasured(Measured):
    """The figures, with those of adapters and rankers by name."""

    adapters: dict[str, dict[str, dict[str, float]]]
    rankers: dict[str, dict[str, float]]


class Found(NamedTuple):
    """The recall and mean reciprocal rank of the queries of a corpus."""

    recall: float
    hits: int
    wanted: int
    mrr: float


class Reply(NamedTuple):
    """The hits of a query, and the seconds of the search without those of the embedding."""

    case: Case
    hits: Hits
    seconds: float


class Run(NamedTuple):
    """One adapter at one size."""

    adapter: str
    size: int
    entries: list[MemoryEntry]
    known: list[Reply]
    novel: list[Reply]
    reworded: list[Reply]
    stored_bytes: int
    agreement: float
    fill_s: float
    rebuild_s: float


def corpus(size: int, queries: int, seed: int) -> Corpus:
    """Return incidents of `size` / OCCURRENCES problems, the look-alikes, and the queries."""
    rng = random.Random(seed)  # noqa: S311
    problems = all_problems()
    rng.shuffle(problems)
    families = problems[: size // OCCURRENCES]
    taken = set(families)
    others = _others(families, taken, rng, LOOK_ALIKES + queries)
    novel, alike = others[:queries], others[queries:]
    cases = [stored(p, rng) for p in families for _ in range(OCCURRENCES)]
    cases += [stored(p, rng) for p in alike]
    rng.shuffle(cases)
    known = [rng.choice(families) for _ in range(queries)]
    return Corpus(
        cases,
        [asked(p, rng) for p in known],
        [asked(p, rng) for p in novel],
        [asked(p, rng, new_words=True) for p in known],
    )


def _others(
    families: Sequence[Problem], taken: set[Problem], rng: random.Random, count: int
) -> list[Problem]:
    """Return distinct look-alikes of the families, as many as wanted."""
    found: dict[Problem, None] = {}
    while len(found) < count:
        near = look_alikes(rng.choice(families), taken | set(found), rng)
        found |= dict.fromkeys(one for one, _ in zip(near, range(3), strict=False))
    return list(found)[:count]


def measure() -> MemoryMeasured:
    """Return the figures of every adapter that can run here."""
    with ExitStack() as running:
        model = running.enter_context(EmbeddingServer())
        titan = TitanEmbedder(bedrock(model.endpoint), V2, DIMENSIONS)
        embed = _remembering(titan.embed)
        started = running.enter_context(servers())
        runs = list(_runs(started, embed, titan))
        compared = _compared(runs)
        rankers = {name: found_by(name, compared, compared.known) for name in RANKERS}
        return MemoryMeasured(
            benchmark="memory",
            about=__doc__ or "",
            goals=list(_goals(runs, rankers)),
            tables=[_adapter_table(runs), _ranker_table(compared, rankers), _cost_table(compared)],
            adapters=_by_adapter(runs),
            rankers={name: {"recall5": f.recall, "mrr": f.mrr} for name, f in rankers.items()},
        )


def _remembering(embed: Embed) -> Embed:
    known: dict[str, tuple[float, ...]] = {}

    def remembering(text: str) -> tuple[float, ...]:
        if text not in known:
            known[text] = embed(text)
        return known[text]

    return remembering


def _runs(started: Servers, embed: Embed, titan: TitanEmbedder) -> Iterator[Run]:
    for adapter, sizes in SIZES.items():
        for size, queries in sizes.items():
            now = datetime.fromtimestamp(AT, UTC)
            try:
                memory = started.memory(adapter, titan.model, lambda now=now: now)  # type: ignore[misc]
            except ArtefactsUnavailableError as error:
                print(f"{adapter}: left out: {error}")
                break
            found = run(adapter, size, memory, corpus(size, queries, SEED), embed)
            print(f"{adapter} {size}: filled in {found.fill_s:.0f} s", file=sys.stderr)
            yield found


def run(adapter: str, size: int, memory: Memory, cases: Corpus, embed: Embed) -> Run:
    """Fill the memory, ask every query, and rebuild it."""
    entries = [embedded(n, case, memory, embed) for n, case in enumerate(cases.stored)]
    began = time.perf_counter()
    memory.remember(entries)
    filled = time.perf_counter()
    ask = partial(_ask, memory, embed)
    known, novel = [ask(case) for case in cases.known], [ask(case) for case in cases.novel]
    reworded = [ask(case) for case in cases.reworded]
    asked_at = time.perf_counter()
    memory.rebuild(memory.model, entries)
    rebuilt = time.perf_counter() - asked_at
    return Run(
        adapter,
        size,
        [one.entry for one in entries],
        known,
        novel,
        reworded,
        _stored_bytes(memory, entries),
        _agreement(entries, known, embed),
        filled - began,
        rebuilt,
    )


def _stored_bytes(memory: Memory, entries: Sequence[Embedded]) -> int:
    """Return the size on disk; without one, that of 32-bit numbers and twice the content."""
    if isinstance(memory, RefreshedOpenSearchMemory):
        return memory.stored_bytes()
    return sum(4 * len(one.vector) + 2 * len(one.entry.model_dump_json()) for one in entries)


def embedded(number: int, case: Case, memory: Memory, embed: Embed) -> Embedded:
    """Return the entry of a stored incident; its source names its problem."""
    name = f"{number}"
    entry = MemoryEntry(
        id=entry_id("incident", name),
        kind="incident",
        source=incident_source("/".join(case.problem)),
        author="outsider",
        at=AT - number % 80 * DAY,
        account="111122223333",
        service=case.problem.service,
        text=OutsiderText.of(case.text),
        structure=structure_of(case),
        model=memory.model,
    )
    return Embedded(entry=entry, vector=embed(case.text))


def structure_of(case: Case) -> Structure:
    """Return the fingerprint and the resource of a case."""
    resource = f"{case.problem.service}:{case.problem.component}"
    return Structure(features=case.features, resources=(resource,))


def _ask(memory: Memory, embed: Embed, case: Case) -> Reply:
    query = MemoryQuery(
        kind="incident",
        text=case.text,
        vector=embed(case.text),
        model=memory.model,
        filters=Filters(service=case.problem.service),
    )
    began = time.perf_counter()
    hits = memory.search(query)
    return Reply(case, hits, time.perf_counter() - began)


def _agreement(entries: Sequence[Embedded], matches: Sequence[Reply], embed: Embed) -> float:
    """Return the share of the nearest vectors that exact search also has, by similarity."""
    rows = _unit(np.array([one.vector for one in entries]))
    services = np.array([one.entry.service for one in entries])
    shares = []
    for case, hits, _ in matches:
        near = rows[services == case.problem.service] @ _unit(np.array(embed(case.text)))
        least = np.sort(near)[-FIRST] - 1e-4
        shares.append(sum(hit.score >= least for hit in hits.by_vector[:FIRST]) / FIRST)
    return float(np.mean(shares))


def _unit(vectors: Any) -> Any:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def _ranked(name: str, one: Run, case: Case, hits: Hits) -> list[MemoryEntry]:
    """Return the first entries by one ranker; the fingerprint alone ranks all stored ones."""
    if name == "hybrid":
        return [match.entry for match in rank(hits, structure_of(case), FIRST)]
    if name in {"vector", "bm25"}:
        found = hits.by_vector if name == "vector" else hits.by_words
        return [hit.entry for hit in found[:FIRST]]
    own = structure_of(case)
    same_kind = (entry for entry in one.entries if entry.service == case.problem.service)
    return sorted(same_kind, key=lambda e: (-structural_likeness(own, e.structure), e.id))[:FIRST]


def found_by(name: str, one: Run, replies: Sequence[Reply]) -> Found:
    """Return the recall and the mean reciprocal rank of a ranker."""
    hits, reciprocal = 0, 0.0
    for case, found, _ in replies:
        right = [_is_same(entry, case.problem) for entry in _ranked(name, one, case, found)]
        hits += sum(right)
        reciprocal += 1 / (right.index(True) + 1) if any(right) else 0.0
    wanted = OCCURRENCES * len(replies)
    return Found(round(hits / wanted, 4), hits, wanted, round(reciprocal / len(replies), 4))


def _is_same(entry: MemoryEntry, problem: Problem) -> bool:
    return entry.source == incident_source("/".join(problem))


def seen(replies: Sequence[Reply]) -> float:
    """Return the share of queries whose best match passes for the same problem."""
    best: list[Match] = [m for c, hits, _ in replies for m in rank(hits, structure_of(c), 1)]
    return round(sum(map(seen_before, best)) / len(replies), 4)


def _compared(runs: Sequence[Run]) -> Run:
    wanted = (RANKED_BY, RANKED_AT)
    return next((one for one in runs if (one.adapter, one.size) == wanted), runs[-1])


def _times(one: Run) -> tuple[float, float]:
    seconds = sorted(s for _, _, s in (*one.known, *one.novel))
    at = (len(seconds) // 2, min(len(seconds) - 1, len(seconds) * 95 // 100))
    return round(seconds[at[0]] * 1000, 1), round(seconds[at[1]] * 1000, 1)


def _by_adapter(runs: Sequence[Run]) -> dict[str, dict[str, dict[str, float]]]:
    by: dict[str, dict[str, dict[str, float]]] = {}
    for one in runs:
        found, (p50, p95) = found_by("hybrid", one, one.known), _times(one)
        by.setdefault(one.adapter, {})[str(one.size)] = {
            "recall5": found.recall,
            "mrr": found.mrr,
            "p50_ms": p50,
            "p95_ms": p95,
            "false_seen": seen(one.novel),
        }
    return by


def _adapter_table(runs: Sequence[Run]) -> ResultTable:
    rows: list[dict[str, Cell]] = []
    for one in runs:
        found, (p50, p95) = found_by("hybrid", one, one.known), _times(one)
        interval = wilson(found.hits, found.wanted)
        rows.append(
            {
                "adapter": one.adapter,
                "incidents": one.size,
                "queries": len(one.known),
                "recall@5": found.recall,
                "95 % interval": f"{interval.lower:.3f} to {interval.upper:.3f}",
                "MRR": found.mrr,
                "false seen": seen(one.novel),
                "true seen": seen(one.known),
                "agreement": round(one.agreement, 4),
                "p50 ms": p50,
                "p95 ms": p95,
                "index MB": round(one.stored_bytes / 1e6, 1),
                "fill s": round(one.fill_s, 1),
                "rebuild s": round(one.rebuild_s, 1),
            }
        )
    return ResultTable(title=f"Adapters, beside {LOOK_ALIKES:,} look-alikes", rows=rows)


def _ranker_table(one: Run, rankers: Mapping[str, Found]) -> ResultTable:
    rows: list[dict[str, Cell]] = []
    for name, found in rankers.items():
        new = found_by(name, one, one.reworded)
        row = {"recall@5": found.recall, "MRR": found.mrr}
        row |= {"recall@5, new words": new.recall, "MRR, new words": new.mrr}
        rows.append({"ranker": name, **row})
    return ResultTable(title=f"Rankers, {one.size:,} incidents, {one.adapter}", rows=rows)


def _cost_table(one: Run) -> ResultTable:
    """Return DynamoDB's list prices for a thousand incidents and a thousand searches among them."""
    contents = [len(entry.model_dump_json()) for entry in one.entries]
    count, content = len(contents), sum(contents) / len(contents)
    item = content + NUMBER_BYTES * DIMENSIONS
    writes = 1000 * (ceil(item / 1024) + ceil(content / 1024) + 1)
    indexed = 1000 * (content + 4 * DIMENSIONS) / 1e9
    read = 1000 * ceil(count * content / 8192)
    examined = 1000 * count * 4 * DIMENSIONS / 1e9
    tokens = 1000 * sum(len(e.text.outsider) for e in one.entries) / count / CHARACTERS_PER_TOKEN
    costs = {
        "remember: writes": writes * WRITE_UNIT,
        "remember: vector index": indexed * VECTOR_WRITE_GB,
        "remember or search: embedding by Titan v2": tokens * TOKEN,
        "search: texts read for BM25": read * READ_UNIT,
        "search: vectors examined, at most": examined * VECTOR_SEARCH_GB,
    }
    rows: list[dict[str, Cell]] = [
        {"part": k, "$ per 1,000": round(v, 6)} for k, v in costs.items()
    ]
    return ResultTable(title=f"Cost in DynamoDB with {count:,} entries, us-east-1", rows=rows)


def _goals(runs: Sequence[Run], rankers: Mapping[str, Found]) -> Iterator[Goal]:
    for one in runs:
        name = f"{one.adapter}, {one.size:,} incidents"
        recall = found_by("hybrid", one, one.known).recall
        yield Goal(what=f"recall@5, {name}", rule="at least", limit=0.95, measured=recall)
        false = seen(one.novel)
        yield Goal(what=f"false seen, {name}", rule="at most", limit=0.02, measured=false)
        share = round(one.agreement, 4)
        yield Goal(what=f"agreement, {name}", rule="at least", limit=0.95, measured=share)
    best = max(found.recall for name, found in rankers.items() if name != "hybrid")
    lead = round(rankers["hybrid"].recall - best, 4)
    yield Goal(
        what="lead of the hybrid over the best alone", rule="at least", limit=0.0, measured=lead
    )


if __name__ == "__main__":
    sys.exit(result.main("memory", measure))
