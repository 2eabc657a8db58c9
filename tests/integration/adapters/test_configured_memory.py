"""The memory and the embedder that a configuration names."""

from datetime import UTC, datetime

import pytest
from botocore.config import Config

from quorum.adapters.configured_memory import (
    MemoryChoice,
    configured_embedder,
    configured_memory,
)
from quorum.adapters.dynamodb.vector_memory import DynamoDBVectorMemory
from quorum.adapters.opensearch.memory import OpenSearchMemory
from quorum.domain.embedding_models import V2
from quorum.domain.errors import InvalidInputError
from quorum.ports.memory import Memory


def chosen(choice: str, endpoint: str = "") -> MemoryChoice:
    """Return the choice with vectors of 512 numbers."""
    return MemoryChoice(choice, "quorum-test-knowledge", endpoint, V2, 512, "us-east-1")


def memory(choice: str, endpoint: str = "") -> Memory | None:
    """Return the configured memory."""
    return configured_memory(chosen(choice, endpoint), Config(), lambda: datetime.now(UTC), 1.0)


def test_the_default_is_a_table() -> None:
    assert isinstance(memory("dynamodb"), DynamoDBVectorMemory)
    assert memory("off") is None


@pytest.mark.parametrize("choice", ["opensearch-domain", "opensearch-serverless"])
@pytest.mark.parametrize("endpoint", ["https://search.example.com", "http://127.0.0.1:9"])
def test_a_domain_and_a_collection_are_searched_over_http(choice: str, endpoint: str) -> None:
    assert isinstance(memory(choice, endpoint), OpenSearchMemory)


def test_an_unknown_choice_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        memory("s3-vectors")


def test_the_embedder_has_the_chosen_length() -> None:
    assert configured_embedder(chosen("dynamodb"), Config()).model.dimensions == 512
