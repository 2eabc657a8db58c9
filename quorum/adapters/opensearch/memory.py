"""The memory in OpenSearch: k-NN and BM25 in one request, an index per model behind an alias."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import islice
from typing import Any, Final, NamedTuple, TypeVar

from opensearchpy import OpenSearch
from opensearchpy.exceptions import NotFoundError, RequestError

from quorum.adapters.opensearch.client import raising
from quorum.domain.errors import InvalidInputError, StoreUnavailableError
from quorum.domain.memory_entries import (
    MOST_HITS,
    Embedded,
    EmbeddingModel,
    Filters,
    Hit,
    Hits,
    MemoryEntry,
    MemoryQuery,
    require_model,
)
from quorum.domain.vector_engines import Engine, require_dimensions

BULK: Final = 200
"""Entries per request: 200 vectors of 1,024 numbers are about 3 MB."""
PAGE: Final = 1000
CONFLICT: Final = 409
NOT_FOUND: Final = 404
Item = TypeVar("Item")
KEYWORDS: Final = ("id", "kind", "source", "account", "service", "outcome", "model")


class Flavour(NamedTuple):
    """The differences between a domain and a serverless collection."""

    engine: Engine = "lucene"
    custom_ids: bool = True
    """False for vector collections of the first generation, which reject ids of the caller. An
    entry that is stored twice is then there twice; searches return the higher revision."""
    refreshes: bool = True
    """False for serverless collections, which refresh when they choose to."""


DOMAIN: Final = Flavour()
SERVERLESS: Final = Flavour(engine="faiss", custom_ids=True, refreshes=False)
SERVERLESS_CLASSIC: Final = Flavour(engine="faiss", custom_ids=False, refreshes=False)


class OpenSearchMemory:
    """A `Memory`. `model` is that of the first index, which the first write creates.

    The index in use is the one behind the alias; its mapping names its model.
    """

    def __init__(
        self, client: OpenSearch, alias: str, model: EmbeddingModel, flavour: Flavour = DOMAIN
    ) -> None:
        require_dimensions(flavour.engine, model)
        self._client, self._alias, self._first = client, alias, model
        self._flavour = flavour

    @property
    def model(self) -> EmbeddingModel:
        """The model of the index in use. Raises StoreUnavailableError."""
        found = self._in_use()
        return found[1] if found else self._first

    def remember(self, entries: Sequence[Embedded]) -> None:
        """Store the entries; of two with the same id the one with the higher revision stays."""
        found = self._in_use()
        require_model(found[1] if found else self._first, entries)
        if not entries:
            return
        index = found[0] if found else self._create(self._first, 1, alias=True)
        self._write(index, entries)
        if not self._flavour.custom_ids:
            self._delete_superseded(index, entries)
        now = self._in_use()
        if now is None or now[0] != index:
            raise StoreUnavailableError("a rebuild of the memory ended meanwhile: store it again")

    def search(self, query: MemoryQuery) -> Hits:
        """Return the nearest entries by vector and by words, best first."""
        found = self._in_use()
        if query.model != (found[1] if found else self._first):
            raise InvalidInputError(f"model: the index is not of {query.model.id}")
        if found is None:
            return Hits((), ())
        with raising("search the memory"):
            by_vector, by_words = self._client.msearch(body=_searches(query), index=found[0])[
                "responses"
            ]
        return Hits(
            _hits(by_vector, query.limit, lambda score: 2 * score - 1),
            _hits(by_words, query.limit, lambda score: score),
        )

    def forget(self, source: str) -> int:
        """Delete the entries of this source; return how many were found."""
        found = self._in_use()
        if found is None:
            return 0
        documents = list(self._documents(found[0], {"term": {"source": source}}))
        self._delete(found[0], [document["_id"] for document in documents])
        return len({document["_source"]["id"] for document in documents})

    def entries(self) -> Iterator[MemoryEntry]:
        """Return all entries of the index in use; of an entry stored twice the higher revision."""
        found = self._in_use()
        newest: dict[str, MemoryEntry] = {}
        for document in self._documents(found[0], {"match_all": {}}) if found else ():
            entry = _entry(document)
            known = newest.get(entry.id)
            if known is None or known.revision < entry.revision:
                newest[entry.id] = entry
        return iter(newest.values())

    def rebuild(self, model: EmbeddingModel, entries: Iterable[Embedded]) -> None:
        """Fill a new index, point the alias at it, and delete the old one."""
        require_dimensions(self._flavour.engine, model)
        found = self._in_use()
        number = 1 + int(found[0].rpartition("-")[2]) if found else 1
        index = self._create(model, number, alias=False)
        try:
            for some in _batches(entries, BULK):
                require_model(model, some)
                self._write(index, some)
            self._switch(index, found[0] if found else None)
        except BaseException:
            self._drop(index)
            raise
        if found:
            self._drop(found[0])

    def _in_use(self) -> tuple[str, EmbeddingModel] | None:
        """Return the index behind the alias and its model, or None before the first write."""
        with raising("read the memory's alias"):
            try:
                mappings = self._client.indices.get_mapping(index=self._alias)
            except NotFoundError:
                return None
        if len(mappings) != 1:
            raise StoreUnavailableError(f"{self._alias} names {len(mappings)} indexes")
        ((index, content),) = mappings.items()
        return index, EmbeddingModel.model_validate(content["mappings"]["_meta"])

    def _create(self, model: EmbeddingModel, number: int, *, alias: bool) -> str:
        """Create an index and return its name; one that another writer just created is used."""
        slug = sha256(model.id.encode()).hexdigest()[:8]
        index = f"{self._alias}-{slug}-{model.dimensions}-{number}"
        body = _index(model, self._flavour.engine)
        if alias:
            body["aliases"] = {self._alias: {}}
        with raising(f"create {index}"):
            try:
                self._client.indices.create(index=index, body=body)
            except RequestError as error:
                if not alias or error.error != "resource_already_exists_exception":
                    raise
        return index

    def _write(self, index: str, entries: Iterable[Embedded]) -> None:
        for some in _batches(entries, BULK):
            lines = [line for one in some for line in (self._action(one), _document(one))]
            self._bulk(index, lines, {CONFLICT})

    def _action(self, one: Embedded) -> dict[str, Any]:
        if not self._flavour.custom_ids:
            return {"index": {}}
        version = {"version": one.entry.revision, "version_type": "external_gte"}
        return {"index": {"_id": one.entry.id, **version}}

    def _delete_superseded(self, index: str, entries: Iterable[Embedded]) -> None:
        """Delete stored copies of lower revisions, as far as they are searchable already."""
        revisions = {one.entry.id: one.entry.revision for one in entries}
        documents = self._documents(index, {"terms": {"id": sorted(revisions)}})
        self._delete(
            index,
            [d["_id"] for d in documents if _entry(d).revision < revisions[d["_source"]["id"]]],
        )

    def _delete(self, index: str, ids: Sequence[str]) -> None:
        for some in _batches(ids, PAGE):
            self._bulk(index, [{"delete": {"_id": one}} for one in some], {NOT_FOUND})

    def _bulk(self, index: str, lines: Sequence[Mapping[str, Any]], accepted: set[int]) -> None:
        with raising(f"write to {index}"):
            reply = self._client.bulk(body=lines, index=index)
        results = [result for item in reply["items"] for result in item.values()]
        failed = [r for r in results if "error" in r and r["status"] not in accepted]
        if failed:
            kinds = sorted({str(one["error"]["type"]) for one in failed})
            raise StoreUnavailableError(f"write to {index}: {len(failed)} refused: {kinds}")

    def _documents(self, index: str, query: Mapping[str, Any]) -> Iterator[Any]:
        """Yield the matching documents without vectors; pages are in the order of entry ids."""
        after: dict[str, Any] = {}
        while True:
            body = {
                "query": query,
                "size": PAGE,
                "sort": [{"id": "asc"}, {"revision": "asc"}],
                "_source": {"excludes": ["vector"]},
                **after,
            }
            with raising(f"read {index}"):
                page = self._client.search(body=body, index=index)["hits"]["hits"]
            yield from page
            if len(page) < PAGE:
                return
            after = {"search_after": page[-1]["sort"]}

    def _switch(self, index: str, old: str | None) -> None:
        actions: list[dict[str, Any]] = [{"add": {"index": index, "alias": self._alias}}]
        if old:
            actions.append({"remove": {"index": old, "alias": self._alias}})
        with raising(f"point {self._alias} at {index}"):
            if self._flavour.refreshes:
                self._client.indices.refresh(index=index)
            self._client.indices.update_aliases(body={"actions": actions})

    def _drop(self, index: str) -> None:
        with raising(f"delete {index}"):
            self._client.indices.delete(index=index)


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch


def _index(model: EmbeddingModel, engine: Engine) -> dict[str, Any]:
    vector = {
        "type": "knn_vector",
        "dimension": model.dimensions,
        "method": {"name": "hnsw", "engine": engine, "space_type": "cosinesimil"},
    }
    fields: dict[str, Any] = {name: {"type": "keyword"} for name in KEYWORDS}
    fields |= {
        "at": {"type": "long"},
        "revision": {"type": "long"},
        "dimensions": {"type": "integer"},
        "text": {"type": "text"},
        "vector": vector,
        "entry": {"type": "object", "enabled": False},
    }
    return {
        "settings": {"index": {"knn": True}},
        "mappings": {"dynamic": "strict", "_meta": model.model_dump(), "properties": fields},
    }


def _document(one: Embedded) -> dict[str, Any]:
    entry = one.entry
    return {
        "id": entry.id,
        "kind": entry.kind,
        "source": entry.source,
        "account": entry.account,
        "service": entry.service,
        "outcome": entry.outcome,
        "model": entry.model.id,
        "dimensions": entry.model.dimensions,
        "at": entry.at,
        "revision": entry.revision,
        "text": entry.text.outsider,
        "vector": one.vector,
        "entry": entry.model_dump(mode="json"),
    }


def _searches(query: MemoryQuery) -> list[dict[str, Any]]:
    """Return the lines of a multi-search: by vector, by words."""
    conditions = _conditions(query.kind, query.filters)
    # As many neighbours as allowed: among more of them the engine's search is closer to exact
    near = {"vector": query.vector, "k": MOST_HITS, "filter": {"bool": {"filter": conditions}}}
    shared = {"must": [{"match": {"text": query.text}}], "filter": conditions}
    # Copies of an entry that is stored twice must not displace others
    common = {"size": MOST_HITS, "_source": {"includes": ["entry"]}}
    return [
        {},
        {"query": {"knn": {"vector": near}}, **common},
        {},
        {"query": {"bool": shared}, **common},
    ]


def _conditions(kind: str, filters: Filters) -> list[dict[str, Any]]:
    terms = {
        "kind": kind,
        "account": filters.account,
        "service": filters.service,
        "outcome": filters.outcome,
    }
    time = {"gte": filters.since, "lt": filters.until}
    bounds = {name: at for name, at in time.items() if at is not None}
    return [
        *({"term": {name: value}} for name, value in terms.items() if value is not None),
        *([{"range": {"at": bounds}}] if bounds else []),
    ]


def _hits(response: Any, limit: int, score: Callable[[float], float]) -> tuple[Hit, ...]:
    """Return the hits with their scores. Raises StoreUnavailableError for a failed search."""
    if "error" in response:
        raise StoreUnavailableError(f"search the memory: {response['error']['type']}")
    found: dict[str, Hit] = {}
    for document in response["hits"]["hits"]:
        entry = _entry(document)
        known = found.get(entry.id)
        if known is None or known.entry.revision < entry.revision:
            found[entry.id] = Hit(entry, score(document["_score"]))
    best = sorted(found.values(), key=lambda hit: (-hit.score, hit.entry.id))
    return tuple(best[:limit])


def _entry(document: Any) -> MemoryEntry:
    return MemoryEntry.model_validate(document["_source"]["entry"])
