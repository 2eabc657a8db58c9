"""The OpenSearch adapter: signatures, limits, timeouts and refused writes."""

import json
from typing import Any

import pytest
from botocore.credentials import Credentials

from local.fake_services.service import FakeService, Reply, Request
from quorum.adapters.opensearch.client import Service, signed_client, unsigned_client
from quorum.adapters.opensearch.memory import SERVERLESS, SERVERLESS_CLASSIC, OpenSearchMemory
from quorum.domain.errors import InvalidInputError, StoreUnavailableError
from quorum.domain.memory_entries import EmbeddingModel
from quorum.domain.vector_engines import MOST_DIMENSIONS, Engine, require_dimensions
from tests.builders.memory import EMBEDDER, embedded, query

INDEX = "quorum-memory-0-64-1"
MAPPING = {INDEX: {"mappings": {"_meta": EMBEDDER.model.model_dump()}}}
NO_HITS: dict[str, Any] = {"hits": {"hits": []}}


class RecordingOpenSearch(FakeService):
    """It answers from a table of paths and keeps the requests."""

    def __init__(self, replies: dict[str, Any]) -> None:
        super().__init__()
        self.replies, self.received = replies, list[Request]()

    def reply(self, request: Request) -> Reply:
        """Return the reply of the path, or 404."""
        self.received.append(request)
        path = request.path.partition("?")[0]
        found = self.replies.get(path)
        return Reply(200, found) if found is not None else Reply(404, {"error": "none"})


def serving(**more: Any) -> RecordingOpenSearch:
    """Return a server with one index."""
    return RecordingOpenSearch(
        {
            "/quorum-memory/_mapping": MAPPING,
            f"/{INDEX}/_msearch": {"responses": [NO_HITS, NO_HITS]},
            f"/{INDEX}/_search": NO_HITS,
            **more,
        }
    )


@pytest.mark.parametrize("service", ["es", "aoss"])
def test_every_request_is_signed_for_its_service(service: Service) -> None:
    with serving() as server:
        client = signed_client(server.url, service, "eu-west-1", Credentials("key", "secret", "t"))
        OpenSearchMemory(client, "quorum-memory", EMBEDDER.model).search(query("text"))
    assert len(server.received) == 2
    for request in server.received:
        assert f"/eu-west-1/{service}/aws4_request" in request.headers["authorization"]
        assert request.headers["x-amz-security-token"] == "t"
        # A serverless collection refuses a request without the digest of its body
        assert len(request.headers["x-amz-content-sha256"]) == 64


@pytest.mark.parametrize(("flavour", "has_ids"), [(SERVERLESS, True), (SERVERLESS_CLASSIC, False)])
def test_ids_are_sent_only_where_the_service_takes_them(flavour: Any, has_ids: bool) -> None:  # noqa: FBT001
    bulk: dict[str, Any] = {f"/{INDEX}/_bulk": {"items": []}}
    with serving(**bulk) as server:
        client = unsigned_client(server.url)
        OpenSearchMemory(client, "quorum-memory", EMBEDDER.model, flavour).remember(
            [embedded("a", "text", revision=4)]
        )
    (sent,) = (r for r in server.received if "_bulk" in r.path)
    action = json.loads(sent.body.splitlines()[0])["index"]
    assert ("_id" in action) is has_ids
    assert action.get("version") == (4 if has_ids else None)
    assert not any("_refresh" in r.path for r in server.received)


def test_a_refused_write_is_an_error() -> None:
    error = {"index": {"status": 429, "error": {"type": "rejected_execution_exception"}}}
    with serving(**{f"/{INDEX}/_bulk": {"items": [error]}}) as server:
        memory = OpenSearchMemory(unsigned_client(server.url), "quorum-memory", EMBEDDER.model)
        with pytest.raises(StoreUnavailableError, match="rejected_execution"):
            memory.remember([embedded("a", "text")])


def test_a_failed_search_is_an_error() -> None:
    failed = {"responses": [{"error": {"type": "circuit_breaking_exception"}}, NO_HITS]}
    with serving(**{f"/{INDEX}/_msearch": failed}) as server:
        memory = OpenSearchMemory(unsigned_client(server.url), "quorum-memory", EMBEDDER.model)
        with pytest.raises(StoreUnavailableError, match="circuit_breaking"):
            memory.search(query("text"))


def test_a_server_that_is_down_is_an_error_without_retries() -> None:
    with serving() as server:
        server.down = True
        memory = OpenSearchMemory(unsigned_client(server.url), "quorum-memory", EMBEDDER.model)
        with pytest.raises(StoreUnavailableError):
            memory.search(query("text"))
    client = unsigned_client("http://127.0.0.1:9", timeout=0.2)
    with pytest.raises(StoreUnavailableError):
        OpenSearchMemory(client, "quorum-memory", EMBEDDER.model).search(query("text"))


@pytest.mark.parametrize("engine", MOST_DIMENSIONS)
def test_vectors_that_an_engine_does_not_take_are_refused(engine: Engine) -> None:
    most = MOST_DIMENSIONS[engine]
    if most <= 4096:
        require_dimensions(engine, EmbeddingModel(id="m", dimensions=most))
    # A model of more than 4,096 dimensions does not exist here: `EmbeddingModel` refuses it
    longer = EmbeddingModel.model_construct(id="m", dimensions=most + 1)
    with pytest.raises(InvalidInputError, match=engine):
        require_dimensions(engine, longer)
