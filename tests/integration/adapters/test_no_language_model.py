"""Every way to have no language model."""

from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from quorum.adapters.llm.bedrock_model import BedrockModel
from quorum.adapters.llm.configured_model import language_model
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
def test_a_model_that_does_not_answer_says_why(code: str, expected: type[Exception]) -> None:
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


def test_without_a_configured_model_there_is_none() -> None:
    none = language_model("", "", Config())
    with pytest.raises(ModelUnavailableError, match="MODEL_ID"):
        none.answer(system="s", evidence="e", schema=SCHEMA)
    assert isinstance(language_model("a-model", "eu-central-1", Config()), BedrockModel)
    with pytest.raises(ModelUnavailableError):
        InMemoryLanguageModel().answer(system="s", evidence="e", schema=SCHEMA)


def test_the_sdk_does_not_retry_in_the_callers_time() -> None:
    model: Any = language_model("a-model", "", Config(retries={"max_attempts": 5}))
    assert model._client.meta.config.retries["total_max_attempts"] == 1


def test_a_model_that_is_down_is_asked_five_times_and_then_left_alone() -> None:
    down = InMemoryLanguageModel([ModelUnavailableError("down")] * 9)
    breaker = Breaker("model", InMemoryBreakerStore(), now=FakeClock())
    model: LanguageModel = GuardedModel(down, breaker)
    for _ in range(5):
        with pytest.raises(ModelUnavailableError):
            model.answer(system="s", evidence="e", schema=SCHEMA)
    with pytest.raises(BreakerOpenError):
        model.answer(system="s", evidence="e", schema=SCHEMA)
    assert len(down.asked) == 5
