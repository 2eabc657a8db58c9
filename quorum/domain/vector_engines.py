"""Engines of vector indexes and the longest vectors that they take."""

from types import MappingProxyType
from typing import Final, Literal

from quorum.domain.errors import InvalidInputError
from quorum.domain.memory_entries import EmbeddingModel

Engine = Literal["dynamodb", "lucene", "faiss"]
MOST_DIMENSIONS: Final = MappingProxyType[Engine, int](
    {"dynamodb": 4096, "lucene": 16_000, "faiss": 16_000}
)
"""Of DynamoDB's vector indexes, and of OpenSearch 2.19 and later."""
COLLECTION: Final = "collection"
"""The partition key of DynamoDB's vector indexes."""
INLINE_FILTERS: Final = ("account", "service", "outcome", "quarter")
"""Their filters, by equality."""


def require_dimensions(engine: Engine, model: EmbeddingModel) -> None:
    """Raise InvalidInputError when the engine does not take the model's vectors."""
    most = MOST_DIMENSIONS[engine]
    if model.dimensions > most:
        raise InvalidInputError(
            f"dimensions: {model.id} has {model.dimensions}, {engine} takes {most}; choose another"
            " model or engine"
        )


def index_name(dimensions: int) -> str:
    """Return the name of DynamoDB's index of vectors of this length."""
    return f"vectors-{dimensions}"


def vector_attribute(dimensions: int) -> str:
    """Return the attribute of vectors of this length: an attribute has one length in a table."""
    return f"vector_{dimensions}"
