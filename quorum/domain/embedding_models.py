"""Amazon Titan's text embedding models and the lengths of vectors that they offer."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from quorum.domain.errors import InvalidInputError
from quorum.domain.memory_entries import EmbeddingModel

V2: Final = "amazon.titan-embed-text-v2:0"
V1: Final = "amazon.titan-embed-text-v1"
DIMENSIONS: Final[Mapping[str, tuple[int, ...]]] = MappingProxyType(
    {V2: (1024, 512, 256), V1: (1536,)}
)
"""The lengths of each model's vectors; the first one is the default."""


def embedding_model(model_id: str, dimensions: int | None = None) -> EmbeddingModel:
    """Return the model with this length of vectors, or with its default one.

    Raises InvalidInputError for another model, or a length that the model does not have.
    """
    offered = DIMENSIONS.get(model_id)
    if offered is None:
        raise InvalidInputError(f"model_id: {model_id}; use one of {', '.join(DIMENSIONS)}")
    wanted = dimensions or offered[0]
    if wanted not in offered:
        raise InvalidInputError(f"dimensions: {wanted}; {model_id} offers {offered}")
    return EmbeddingModel(id=model_id, dimensions=wanted)
