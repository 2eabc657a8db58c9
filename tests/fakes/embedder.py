"""An embedder without a model: words hashed into a vector, so that shared words make texts near."""

from hashlib import sha256

from quorum.domain.lexical_ranking import words
from quorum.domain.memory_entries import EmbeddingModel, Vector


class HashingEmbedder:
    """An `Embedder`: the same text has the same vector, without randomness."""

    def __init__(self, dimensions: int = 64, name: str = "test.hashing-v1") -> None:
        self.model = EmbeddingModel(id=name, dimensions=dimensions)

    def embed(self, text: str) -> Vector:
        """Return the sum of one signed unit vector per word, never zero."""
        vector = [0.0] * self.model.dimensions
        vector[0] = 0.01
        for word in words(text):
            digest = sha256(f"{self.model.id} {word}".encode()).digest()
            place = int.from_bytes(digest[:4], "big") % self.model.dimensions
            vector[place] += 1.0 if digest[4] % 2 else -1.0
        return tuple(vector)
