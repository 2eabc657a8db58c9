"""The laptop's memory: hashed words in Titan's shape, and the emulator's vector indexes."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from local.emulator_patches import vector_indexes
from local.memory.hashed_words import RefusedError, respond
from quorum.domain.embedding_models import DIMENSIONS, V1, V2
from quorum.domain.vectors import cosine


def asked(text: str, model: str = V2, **more: Any) -> Any:
    """Return the response to Titan's request."""
    return respond(model, json.dumps({"inputText": text, **more}).encode())


@pytest.mark.parametrize(
    ("model", "size"), [(m, s) for m, sizes in DIMENSIONS.items() for s in sizes]
)
def test_vectors_have_titans_lengths_and_length_one(model: str, size: int) -> None:
    more = {"dimensions": size, "normalize": True} if model == V2 else {}
    vector = asked("connection pool exhausted", model, **more)["embedding"]
    assert len(vector) == size
    assert cosine(vector, vector) == pytest.approx(1.0)
    assert sum(value * value for value in vector) == pytest.approx(1.0, abs=1e-6)


def test_shared_words_make_texts_near() -> None:
    first, near, far = (
        asked(text)["embedding"]
        for text in ("Pool exhausted: timeout", "timeout, pool exhausted again", "disk is full")
    )
    assert cosine(first, near) > 0.8
    assert abs(cosine(first, far)) < 0.3


@pytest.mark.parametrize(
    ("model", "body"),
    [
        (V2, b"no JSON"),
        (V2, b'{"text": "x"}'),
        (V2, b'{"inputText": " "}'),
        (V2, b'{"inputText": "x", "dimensions": 300}'),
        (V1, b'{"inputText": "x", "dimensions": 512}'),
        (V2, json.dumps({"inputText": "x" * 50_001}).encode()),
    ],
)
def test_requests_that_titan_refuses_are_refused(model: str, body: bytes) -> None:
    with pytest.raises(RefusedError):
        respond(model, body)


def test_cloudformation_makes_the_indexes_of_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    tables: dict[str, dict[str, Any]] = {"knowledge": {}, "plain": {}}
    provisioners = SimpleNamespace(
        _RESOURCE_HANDLERS={
            vector_indexes.TABLE: {
                "create": lambda _logical, props, _stack: (props["TableName"], {"Arn": "a"})
            }
        }
    )
    dynamodb = SimpleNamespace(
        _tables=tables,
        _vector_index_record=lambda name, index, *, online: (name, index["Dimensions"], online),
    )
    known = {"services.cloudformation.provisioners": provisioners, "services.dynamodb": dynamodb}
    monkeypatch.setattr(vector_indexes, "service", known.__getitem__)

    vector_indexes.apply()

    create = provisioners._RESOURCE_HANDLERS[vector_indexes.TABLE]["create"]
    index = {"IndexName": "vectors-256", "Dimensions": "256"}
    made = create("Logical", {"TableName": "knowledge", "VectorIndexes": [index]}, "stack")
    assert made == ("knowledge", {"Arn": "a"})
    assert tables["knowledge"]["VectorIndexes"] == [("knowledge", 256, False)]
    create("Logical", {"TableName": "plain"}, "stack")
    assert tables["plain"] == {}
