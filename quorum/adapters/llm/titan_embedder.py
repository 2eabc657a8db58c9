"""Amazon Titan's text embeddings on Bedrock."""

import json
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from quorum.adapters.aws.aws_errors import code_of, raising
from quorum.domain.embedding_models import V1, V2, embedding_model
from quorum.domain.errors import (
    InvalidInputError,
    ModelAnswerError,
    ModelThrottledError,
    ModelUnavailableError,
    QuorumError,
)
from quorum.domain.memory_entries import Vector

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime.client import BedrockRuntimeClient

MOST_CHARACTERS: Final = 50_000
SHORTENINGS: Final = 4
"""A model takes 8,192 tokens. English has 4.7 characters per token, other text as little as one."""
WAIT: Final[dict[str, type[QuorumError]]] = dict.fromkeys(
    ("ThrottlingException", "ServiceUnavailableException", "ModelNotReadyException"),
    ModelThrottledError,
)


class TitanEmbedder:
    """An `Embedder`. Vectors have length 1."""

    def __init__(
        self, client: "BedrockRuntimeClient", model_id: str = V2, dimensions: int | None = None
    ) -> None:
        """Raise InvalidInputError for another model, or a length that the model does not have."""
        self._client, self.model = client, embedding_model(model_id, dimensions)

    def embed(self, text: str) -> Vector:
        """Return the text's vector; of a text with too many tokens that of its start."""
        if not text.strip():
            raise InvalidInputError("text: it is empty")
        start = text[:MOST_CHARACTERS]
        for _ in range(SHORTENINGS):
            vector = self._invoke(start)
            if vector is not None:
                return vector
            start = start[: len(start) // 2]
        raise ModelAnswerError(f"{self.model.id}: too many tokens in {len(start)} characters")

    def _invoke(self, text: str) -> Vector | None:
        """Return the vector, or None when the text has too many tokens."""
        with raising(ModelUnavailableError, self.model.id, WAIT):
            try:
                reply = self._client.invoke_model(
                    modelId=self.model.id,
                    contentType="application/json",
                    accept="application/json",
                    body=json.dumps(self._request(text)),
                )
            except ClientError as error:
                if _has_too_many_tokens(error):
                    return None
                raise
        return self._vector(reply["body"].read())

    def _request(self, text: str) -> dict[str, Any]:
        if self.model.id == V1:
            return {"inputText": text}
        return {"inputText": text, "dimensions": self.model.dimensions, "normalize": True}

    def _vector(self, body: bytes) -> Vector:
        try:
            values = json.loads(body)["embedding"]
            vector = tuple(float(value) for value in values)
        except (ValueError, KeyError, TypeError) as error:
            raise ModelAnswerError(f"{self.model.id}: no embedding in the reply") from error
        if len(vector) != self.model.dimensions:
            raise ModelAnswerError(f"{self.model.id}: {len(vector)} dimensions in the reply")
        return vector


def _has_too_many_tokens(error: ClientError) -> bool:
    message = str(error.response["Error"].get("Message", ""))
    return code_of(error) == "ValidationException" and "too many input tokens" in message.lower()
