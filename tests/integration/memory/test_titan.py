"""Titan's embeddings: its request and response, limits and errors, by a real model in its shape."""

import io
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from local.emulator import Emulator
from local.memory.artefacts import ArtefactsUnavailableError
from local.memory.embedding import EmbeddingServer, bedrock
from quorum.adapters.llm.titan_embedder import TitanEmbedder
from quorum.domain.embedding_models import V1, V2
from quorum.domain.errors import (
    InvalidInputError,
    ModelAnswerError,
    ModelThrottledError,
    ModelUnavailableError,
)
from quorum.domain.vectors import cosine


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """Yield the address of the local model."""
    try:
        with EmbeddingServer() as server:
            yield server.endpoint
    except ArtefactsUnavailableError as error:
        pytest.skip(f"no embedding model, as its parts cannot be fetched: {error}")


class Replying:
    """A client whose replies are given: bodies or errors, in order."""

    def __init__(self, *replies: bytes | tuple[str, str]) -> None:
        self.replies, self.sent = list(replies), list[dict[str, Any]]()

    def invoke_model(self, **parameters: Any) -> dict[str, Any]:
        """Return the next reply."""
        self.sent.append(parameters)
        reply = self.replies.pop(0)
        if isinstance(reply, bytes):
            return {"body": StreamingBody(io.BytesIO(reply), len(reply))}
        code, message = reply
        raise ClientError({"Error": {"Code": code, "Message": message}}, "InvokeModel")


def embedder(*replies: bytes | tuple[str, str], model_id: str = V2) -> TitanEmbedder:
    """Return the embedder over given replies."""
    return TitanEmbedder(Replying(*replies), model_id)  # type: ignore[arg-type]


TOO_MANY = ("ValidationException", "400 Bad Request: Too many input tokens. Max input tokens: 8192")


@pytest.mark.parametrize(("model_id", "dimensions"), [(V2, 1024), (V2, 512), (V2, 256), (V1, 1536)])
@pytest.mark.slow
def test_paraphrases_are_nearer_than_other_problems(
    endpoint: str, model_id: str, dimensions: int
) -> None:
    titan = TitanEmbedder(bedrock(endpoint), model_id, dimensions)
    pool, same, other = map(
        titan.embed,
        (
            "connection pool exhausted while waiting for a database connection",
            "timed out waiting for a free connection to the database",
            "access denied when reading the object from the bucket",
        ),
    )
    assert len(pool) == dimensions
    assert cosine(pool, pool) == pytest.approx(1.0)
    assert cosine(pool, same) > cosine(pool, other) + 0.2


@pytest.mark.slow
def test_a_text_with_too_many_tokens_is_shortened(endpoint: str) -> None:
    titan = TitanEmbedder(bedrock(endpoint))
    assert len(titan.embed("! ? " * 20_000)) == 1024


@pytest.mark.slow
def test_a_model_that_does_not_exist_is_refused(endpoint: str) -> None:
    with pytest.raises(ClientError, match="identifier is invalid"):
        bedrock(endpoint).invoke_model(modelId="amazon.titan-embed-text-v9:0", body="{}")


@pytest.mark.parametrize(
    "body",
    [
        {"inputText": ""},
        {"inputText": "a", "dimensions": 300},
        {"inputText": "a", "temperature": 1},
        {"text": "a"},
        {"inputText": "a" * 50_001},
    ],
)
@pytest.mark.slow
def test_the_model_refuses_as_titan_does(endpoint: str, body: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        bedrock(endpoint).invoke_model(modelId=V2, body=json.dumps(body))


@pytest.mark.slow
def test_the_response_has_titans_fields(endpoint: str) -> None:
    asked = {"inputText": "timeout", "dimensions": 256, "embeddingTypes": ["float", "binary"]}
    reply = bedrock(endpoint).invoke_model(modelId=V2, body=json.dumps(asked))
    body = json.loads(reply["body"].read())
    assert set(body) == {"embedding", "inputTextTokenCount", "embeddingsByType"}
    assert body["embeddingsByType"]["float"] == body["embedding"]
    assert set(body["embeddingsByType"]["binary"]) == {0, 1}


def test_version_1_gets_the_text_alone() -> None:
    titan = embedder(json.dumps({"embedding": [0.5] * 1536}).encode(), model_id=V1)
    titan.embed("text")
    (sent,) = titan._client.sent  # type: ignore[attr-defined]
    assert json.loads(sent["body"]) == {"inputText": "text"}


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (("ThrottlingException", "slow down"), ModelThrottledError),
        (("ModelNotReadyException", "later"), ModelThrottledError),
        (("AccessDeniedException", "no"), ModelUnavailableError),
        (
            ("ValidationException", "The provided model identifier is invalid."),
            ModelUnavailableError,
        ),
        (b"no json", ModelAnswerError),
        (b'{"embedding": [1, 2]}', ModelAnswerError),
        (b'{"embedding": ["a"]}', ModelAnswerError),
        (b"[]", ModelAnswerError),
    ],
)
def test_errors_are_translated(reply: bytes | tuple[str, str], error: type[Exception]) -> None:
    with pytest.raises(error):
        embedder(reply).embed("text")


def test_shortening_ends() -> None:
    titan = embedder(*[TOO_MANY] * 9)
    with pytest.raises(ModelAnswerError, match="too many tokens"):
        titan.embed("a" * 60_000)
    lengths = [len(json.loads(s["body"])["inputText"]) for s in titan._client.sent]  # type: ignore[attr-defined]
    assert lengths == [50_000, 25_000, 12_500, 6250]


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        embedder().embed(text)


@pytest.mark.parametrize(("model_id", "dimensions"), [("other", None), (V2, 300), (V1, 1024)])
def test_models_and_lengths_that_titan_lacks_are_refused(
    model_id: str, dimensions: int | None
) -> None:
    with pytest.raises(InvalidInputError):
        TitanEmbedder(boto3.client("bedrock-runtime"), model_id, dimensions)


@pytest.mark.slow
def test_the_emulators_bedrock_passes_requests_and_errors_on(endpoint: str) -> None:
    with Emulator(embedding_url=endpoint) as emulator:
        through = TitanEmbedder(bedrock(emulator.endpoint))
        assert through.embed("timeout") == TitanEmbedder(bedrock(endpoint)).embed("timeout")
        assert len(through.embed("! ? " * 12_000)) == 1024
        with pytest.raises(ClientError, match="Malformed input"):
            bedrock(emulator.endpoint).invoke_model(modelId=V2, body=json.dumps({"text": "a"}))
