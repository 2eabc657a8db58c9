"""Every way to have no language model."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from quorum.adapters.llm.bedrock_model import BedrockModel
from quorum.application.circuit_breaker import Breaker
from quorum.domain.errors import (
    BreakerOpenError,
    ModelThrottledError,
    ModelUnavailableError,
)
from quorum.ports.language_models import LanguageModel
from quorum.seats.llm.guarded_model import GuardedModel
from tests.fakes import FakeClock, InMemoryBreakerStore, InMemoryLanguageModel

SCHEMA = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "enum": ["a", "b"]},
        "probability": {"type": "number", "minimum": 0, "maximum": 1},
        "cites": {"type": "array", "maxItems": 2, "items": {"type": "string", "maxLength": 3}},
    },
    "required": ["id", "probability"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ThrottlingException", ModelThrottledError),
        ("ServiceUnavailableException", ModelThrottledError),
        ("ValidationException", ModelUnavailableError),
        ("ResourceNotFoundException", ModelUnavailableError),
        ("AccessDeniedException", ModelUnavailableError),
        ("InternalServerException", ModelUnavailableError),
    ],
)
def test_failing_model_raises_with_the_reason(code: str, expected: type[Exception]) -> None:
    client = boto3.client("bedrock-runtime")
    with Stubber(client) as stubber:
        stubber.add_client_error("converse", code)
        with pytest.raises(expected, match=code):
            BedrockModel(client, "a-model").answer(system="s", evidence="e", schema=SCHEMA)


def test_a_model_that_cannot_be_reached_is_unavailable() -> None:
    class Unreachable:
        def converse(self, **_: Any) -> None:
            raise EndpointConnectionError(endpoint_url="https://nowhere")

    with pytest.raises(ModelUnavailableError, match="nowhere"):
        BedrockModel(Unreachable(), "m").answer(  # type: ignore[arg-type]
            system="s", evidence="e", schema=SCHEMA
        )


def test_unavailable_model_is_called_five_times_before_the_breaker_opens() -> None:
    down = InMemoryLanguageModel([ModelUnavailableError("down")] * 9)
    breaker = Breaker("model", InMemoryBreakerStore(), now=FakeClock())
    model: LanguageModel = GuardedModel(down, breaker)
    for _ in range(5):
        with pytest.raises(ModelUnavailableError):
            model.answer(system="s", evidence="e", schema=SCHEMA)
    with pytest.raises(BreakerOpenError):
        model.answer(system="s", evidence="e", schema=SCHEMA)
    assert len(down.asked) == 5
