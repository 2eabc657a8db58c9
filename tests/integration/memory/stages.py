"""The memory on each adapter, for the contract: servers that start once, and an empty memory each.

Servers may be slow to show what was written. The contract is about content, so each memory here
waits for it after a write.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from local.clients import client
from local.emulator import Emulator
from local.memory.opensearch import OpenSearchServer
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.adapters.dynamodb.vector_memory import DynamoDBVectorMemory
from quorum.adapters.opensearch.client import unsigned_client
from quorum.adapters.opensearch.memory import DOMAIN, Flavour, OpenSearchMemory
from quorum.domain.memory_entries import Embedded, EmbeddingModel
from quorum.domain.vector_engines import INLINE_FILTERS, index_name, vector_attribute
from quorum.ports.clock import Clock
from quorum.ports.memory import Memory
from tests.fakes.vector_memory import InMemoryVectorMemory

WITHOUT_IDS: Final = Flavour(custom_ids=False)


class RefreshedOpenSearchMemory(OpenSearchMemory):
    """The adapter, with a refresh after each write, so that the next search finds it."""

    def remember(self, entries: Sequence[Embedded]) -> None:
        """Store the entries and refresh."""
        super().remember(entries)
        self._refresh()

    def forget(self, source: str) -> int:
        """Delete the entries of this source and refresh."""
        count = super().forget(source)
        self._refresh()
        return count

    def rebuild(self, model: EmbeddingModel, entries: Iterable[Embedded]) -> None:
        """Replace the index and refresh."""
        super().rebuild(model, entries)
        self._refresh()

    def stored_bytes(self) -> int:
        """Return the size of the index on disk."""
        stats = self._client.indices.stats(index=self._alias, metric="store")
        return int(stats["_all"]["total"]["store"]["size_in_bytes"])

    def _delete_superseded(self, index: str, entries: Iterable[Embedded]) -> None:
        self._client.indices.refresh(index=index)
        super()._delete_superseded(index, entries)

    def _refresh(self) -> None:
        if self._client.indices.exists_alias(name=self._alias):
            self._client.indices.refresh(index=self._alias)


class Servers:
    """The servers, each started when a memory first needs it."""

    def __init__(self) -> None:
        self._opensearch: OpenSearchServer | None = None
        self._emulator: Emulator | None = None
        self._made = 0

    def memory(self, kind: str, model: EmbeddingModel, now: Clock, *others: int) -> Memory:
        """Return an empty memory of the adapter; `others` are dimensions of a later model.

        Raises ArtefactsUnavailableError where OpenSearch cannot be had.
        """
        self._made += 1
        if kind == "in_memory":
            return InMemoryVectorMemory(model)
        if kind == "dynamodb":
            name = f"memory-{self._made}"
            return DynamoDBVectorMemory(self._table(name, model.dimensions, *others), model, now)
        flavour = WITHOUT_IDS if kind == "opensearch_without_ids" else DOMAIN
        alias = f"quorum-memory-{self._made}"
        return RefreshedOpenSearchMemory(
            unsigned_client(self.opensearch.endpoint, timeout=60), alias, model, flavour
        )

    @property
    def opensearch(self) -> OpenSearchServer:
        """The running OpenSearch."""
        if self._opensearch is None:
            self._opensearch = OpenSearchServer().__enter__()
        return self._opensearch

    @property
    def emulator(self) -> Emulator:
        """The running emulator."""
        if self._emulator is None:
            self._emulator = Emulator().start()
        return self._emulator

    def close(self) -> None:
        """End the servers that run."""
        if self._opensearch:
            self._opensearch.__exit__(None, None, None)
        if self._emulator:
            self._emulator.stop()

    def _table(self, name: str, *dimensions: int) -> DynamoDBTable:
        dynamodb = client("dynamodb", self.emulator.endpoint)
        create_vector_table(dynamodb, name, *dimensions)
        return DynamoDBTable(dynamodb, name)


@contextmanager
def servers() -> Iterator[Servers]:
    """Yield servers that end with the block."""
    running = Servers()
    try:
        yield running
    finally:
        running.close()


def create_vector_table(dynamodb: Any, name: str, *dimensions: int) -> None:
    """Create the memory's table with an index per length of vectors."""
    schema = [("collection", "HASH"), *((one, "INLINE_FILTER") for one in INLINE_FILTERS)]
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[
            {"AttributeName": "shelf", "KeyType": "HASH"},
            {"AttributeName": "entry", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": one, "AttributeType": "S"}
            for one in ("shelf", "entry", "collection", *INLINE_FILTERS)
        ],
        VectorIndexes=[
            {
                "IndexName": index_name(size),
                "VectorAttribute": {"AttributeName": vector_attribute(size)},
                "Dimensions": size,
                "DistanceFunction": "COSINE",
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["content"]},
                "SearchSchema": [
                    {"AttributeName": one, "SearchSchemaElementType": element}
                    for one, element in schema
                ],
            }
            for size in dimensions
        ],
    )
