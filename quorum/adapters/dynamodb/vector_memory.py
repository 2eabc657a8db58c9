"""The memory in DynamoDB: its own vector index, and BM25 in the calling function.

A vector index filters by equality and has no full-text search. Time is therefore stored as a
quarter of a year, and the lexical half reads the stored texts, newest quarter first, and ranks them
here: exactly up to `MOST_TEXTS` texts, and without the oldest quarters beyond.

Items, by partition and sort key, of generation G (an index of one model is one generation):

    alias      alias          the generation in use, and its model
    G#places   kind#quarter   one per partition of texts, to find them all
    G#texts#kind#quarter  id  the entry without its vector
    G#entry#shard         id  the entry with its vector, in the index of that many dimensions
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

from quorum.adapters.aws.aws_errors import is_failed_condition, raising
from quorum.adapters.dynamodb.items import Item, get, put_if
from quorum.adapters.dynamodb.items import query as query_all
from quorum.adapters.dynamodb.table import DynamoDBTable, deserialized
from quorum.domain.errors import InvalidInputError, StoreUnavailableError
from quorum.domain.lexical_ranking import bm25
from quorum.domain.memory_entries import (
    MOST_HITS,
    Embedded,
    EmbeddingModel,
    EntryKind,
    Filters,
    Hit,
    Hits,
    MemoryEntry,
    MemoryQuery,
    Vector,
    require_model,
)
from quorum.domain.vector_engines import index_name, require_dimensions, vector_attribute
from quorum.ports.clock import Clock

MOST_TEXTS: Final = 10_000
"""Texts that one search ranks: about 15 MB, 1,900 read units and half a second."""
MOST_QUARTERS: Final = 8
"""A longer time filter is applied to the nearest entries of all times."""
NONE: Final = "-"
"""An attribute of an index may not be empty."""
ALIAS: Final = {"shelf": "alias", "entry": "alias"}


class Generation(NamedTuple):
    """A filled index: its number and model."""

    number: int
    model: EmbeddingModel


class DynamoDBVectorMemory:
    """A `Memory`. `model` is that of the first generation; the table needs its index.

    `index_name(dimensions)` on the attribute `vector_attribute(dimensions)` has the partition key
    `collection` and the filters `account`, `service`, `outcome` and `quarter`.
    """

    def __init__(self, table: DynamoDBTable, model: EmbeddingModel, now: Clock) -> None:
        require_dimensions("dynamodb", model)
        self._table, self._first, self._now = table, Generation(1, model), now

    @property
    def model(self) -> EmbeddingModel:
        """The model of the generation in use. Raises StoreUnavailableError."""
        return self._in_use().model

    def remember(self, entries: Sequence[Embedded]) -> None:
        """Store the entries; of two with the same id the one with the higher revision stays."""
        generation = self._in_use()
        require_model(generation.model, entries)
        self._write(generation, entries)
        if self._in_use() != generation:
            raise StoreUnavailableError("a rebuild of the memory ended meanwhile: store it again")

    def search(self, query: MemoryQuery) -> Hits:
        """Return the nearest entries by vector and by words, best first."""
        generation = self._in_use()
        if query.model != generation.model:
            raise InvalidInputError(f"model: the index is of {generation.model.id}")
        return Hits(self._by_vector(generation, query), self._by_words(generation, query))

    def forget(self, source: str) -> int:
        """Delete the entries of this source; return how many were found."""
        generation = self._in_use()
        rows = [row for row in self._rows(generation) if _entry(row).source == source]
        for row in rows:
            self._delete_row(generation, row)
        return len({row["entry"] for row in rows})

    def entries(self) -> Iterator[MemoryEntry]:
        """Return all entries of the generation in use."""
        newest: dict[str, MemoryEntry] = {}
        for entry in map(_entry, self._rows(self._in_use())):
            known = newest.get(entry.id)
            if known is None or known.revision < entry.revision:
                newest[entry.id] = entry
        return iter(newest.values())

    def rebuild(self, model: EmbeddingModel, entries: Iterable[Embedded]) -> None:
        """Fill the next generation, point the alias at it, and delete the old one."""
        require_dimensions("dynamodb", model)
        old = self._in_use()
        new = Generation(old.number + 1, model)
        try:
            for one in entries:
                require_model(model, [one])
                self._write(new, [one])
        except BaseException:
            self._drop(new)
            raise
        alias = {**ALIAS, "generation": new.number, **model.model_dump()}
        unmoved = Attr("generation").not_exists() | Attr("generation").eq(old.number)
        if put_if(self._table, alias, unmoved) is not None:
            self._drop(new)
            raise StoreUnavailableError("another rebuild of the memory ended first")
        self._drop(old)

    def _in_use(self) -> Generation:
        found = get(self._table, ALIAS)
        if found is None:
            return self._first
        model = EmbeddingModel(id=found["id"], dimensions=int(found["dimensions"]))
        return Generation(int(found["generation"]), model)

    def _by_vector(self, generation: Generation, query: MemoryQuery) -> tuple[Hit, ...]:
        quarters: list[str | None] = [*self._quarters(query.filters)]
        found: dict[str, Hit] = {}
        for quarter in quarters or [None]:
            conditions = _conditions(generation, query, quarter)
            for hit in self._nearest(generation, query.vector, conditions):
                if query.filters.admit(hit.entry):
                    found[hit.entry.id] = hit
        best = sorted(found.values(), key=lambda hit: (-hit.score, hit.entry.id))
        return tuple(best[: query.limit])

    def _nearest(
        self, generation: Generation, vector: Vector, conditions: dict[str, str]
    ) -> Iterator[Hit]:
        names = sorted(conditions)
        with raising(StoreUnavailableError, f"search {self._table.name}"):
            reply = self._table.search_vectors(
                IndexName=index_name(generation.model.dimensions),
                SearchVector=[{"N": f"{value:.9g}"} for value in vector],
                TopK=MOST_HITS,
                SearchConditionExpression=" AND ".join(f"#{name} = :{name}" for name in names),
                ExpressionAttributeNames={f"#{name}": name for name in names},
                ExpressionAttributeValues={f":{name}": conditions[name] for name in names},
                ProjectionExpression="content",
            )
        for result in reply["SearchResults"]:
            # DynamoDB's score is the cosine distance, from 0 to 2
            yield Hit(_entry(deserialized(result["Item"])), 1 - float(result["Score"]))

    def _by_words(self, generation: Generation, query: MemoryQuery) -> tuple[Hit, ...]:
        found: dict[str, MemoryEntry] = {}
        for row in self._rows(generation, query.kind, query.filters):
            entry = _entry(row)
            known = found.get(entry.id)
            if query.filters.admit(entry) and (known is None or known.revision < entry.revision):
                found[entry.id] = entry
            if len(found) >= MOST_TEXTS:
                break
        scores = bm25(query.text, {key: one.text.outsider for key, one in found.items()})
        best = sorted(scores, key=lambda key: (-scores[key], key))[: query.limit]
        return tuple(Hit(found[key], scores[key]) for key in best)

    def _quarters(self, filters: Filters) -> list[str]:
        """Return the quarters of the time filter; empty where it is open or too long."""
        if filters.since is None:
            return []
        until = filters.until or int(self._now().timestamp()) + 1
        quarters = quarters_between(filters.since, until)
        return quarters if len(quarters) <= MOST_QUARTERS else []

    def _rows(
        self, generation: Generation, kind: EntryKind | None = None, filters: Filters | None = None
    ) -> Iterator[Item]:
        """Yield the rows of texts, newest quarter first."""
        places = [row["entry"].split("#") for row in self._query(f"{generation.number}#places")]
        quarters = self._quarters(filters) if filters else []
        for found_kind, quarter in sorted(places, key=lambda place: place[1], reverse=True):
            if kind in (None, found_kind) and (not quarters or quarter in quarters):
                yield from self._query(_texts(generation, found_kind, quarter))

    def _query(self, shelf: str) -> Iterator[Item]:
        return query_all(self._table, KeyConditionExpression=Key("shelf").eq(shelf))

    def _write(self, generation: Generation, entries: Iterable[Embedded]) -> None:
        for one in entries:
            entry, quarter = one.entry, quarter_of(one.entry.at)
            content = {"revision": entry.revision, "content": entry.model_dump_json()}
            place = {"shelf": f"{generation.number}#places", "entry": f"{entry.kind}#{quarter}"}
            self._put(place)
            text = {"shelf": _texts(generation, entry.kind, quarter), "entry": entry.id, **content}
            self._put_unless_newer(text)
            old = self._put_unless_newer(_vector_item(generation, one, quarter) | content)
            if old and old["quarter"] != quarter:
                self._delete(_texts(generation, entry.kind, old["quarter"]), entry.id)

    def _put(self, item: Item) -> None:
        with raising(StoreUnavailableError, f"write to {self._table.name}"):
            self._table.put_item(Item=item)

    def _put_unless_newer(self, item: Item) -> Item | None:
        """Put the item unless a higher revision is stored; return the replaced one, if any."""
        not_newer = Attr("revision").not_exists() | Attr("revision").lte(item["revision"])
        with raising(StoreUnavailableError, f"write to {self._table.name}"):
            try:
                reply = self._table.put_item(
                    Item=item, ConditionExpression=not_newer, ReturnValues="ALL_OLD"
                )
            except ClientError as error:
                if not is_failed_condition(error):
                    raise
                return None
        replaced: Item | None = reply.get("Attributes")
        return replaced

    def _delete(self, shelf: str, entry: str) -> None:
        with raising(StoreUnavailableError, f"write to {self._table.name}"):
            self._table.delete_item(Key={"shelf": shelf, "entry": entry})

    def _delete_row(self, generation: Generation, row: Item) -> None:
        """Delete the vector first: a row that is left over is found and deleted again."""
        self._delete(_shard(generation, row["entry"]), row["entry"])
        self._delete(row["shelf"], row["entry"])

    def _drop(self, generation: Generation) -> None:
        for row in self._rows(generation):
            self._delete_row(generation, row)
        for place in list(self._query(f"{generation.number}#places")):
            self._delete(place["shelf"], place["entry"])


def quarter_of(at: int) -> str:
    """Return the quarter of a year of a time, UTC, as in `2026-4`."""
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment.year:04d}-{(moment.month + 2) // 3}"


def quarters_between(since: int, until: int) -> list[str]:
    """Return the quarters from `since` until before `until`, oldest first."""
    first, last = (_ordinal(quarter_of(at)) for at in (since, max(until - 1, since)))
    return [f"{n // 4:04d}-{n % 4 + 1}" for n in range(first, last + 1)]


def _ordinal(quarter: str) -> int:
    year, number = quarter.split("-")
    return int(year) * 4 + int(number) - 1


def _texts(generation: Generation, kind: str, quarter: str) -> str:
    return f"{generation.number}#texts#{kind}#{quarter}"


def _shard(generation: Generation, entry_id: str) -> str:
    """Return the partition of an entry's vector: 256 of them share the writes of a rebuild."""
    return f"{generation.number}#entry#{entry_id[:2]}"


def _conditions(generation: Generation, query: MemoryQuery, quarter: str | None) -> dict[str, str]:
    filters = query.filters
    wanted = {
        "account": filters.account,
        "service": filters.service,
        "outcome": filters.outcome,
        "quarter": quarter,
    }
    return {
        "collection": f"{generation.number}#{query.kind}",
        **{name: value or NONE for name, value in wanted.items() if value is not None},
    }


def _vector_item(generation: Generation, one: Embedded, quarter: str) -> Item:
    entry = one.entry
    return {
        "shelf": _shard(generation, entry.id),
        "entry": entry.id,
        "collection": f"{generation.number}#{entry.kind}",
        "account": entry.account or NONE,
        "service": entry.service or NONE,
        "outcome": entry.outcome,
        "quarter": quarter,
        # An index stores 32-bit numbers, which have nine digits at most
        vector_attribute(entry.model.dimensions): [Decimal(f"{v:.9g}") for v in one.vector],
    }


def _entry(row: Item) -> MemoryEntry:
    return MemoryEntry.model_validate(json.loads(row["content"]))
