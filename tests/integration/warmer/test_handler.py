"""The wired function calls every alias with the warming event."""

import io
import json
from types import ModuleType

import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from quorum.runtime.lambda_runtime import WARMING
from tests.integration.handlers import CONTEXT, load

ARN = "arn:aws:lambda:us-east-1:123456789012:function:quorum-test-closing:live"


def deployed(patch: pytest.MonkeyPatch, *arns: str) -> ModuleType:
    return load(patch, "warmer", WARM_ARNS=json.dumps(arns))


def body(content: object) -> StreamingBody:
    text = json.dumps(content).encode()
    return StreamingBody(io.BytesIO(text), len(text))


def test_an_alias_is_called_with_the_warming_event_by_its_whole_arn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module = deployed(monkeypatch, ARN)
    with Stubber(module.functions._client) as stubber:
        stubber.add_response(
            "invoke",
            {"StatusCode": 200, "Payload": body({"warm": True})},
            {"FunctionName": ARN, "Payload": json.dumps(WARMING)},
        )

        assert module.lambda_handler({}, CONTEXT) == {"warm": 1, "failed": 0}
        stubber.assert_no_pending_responses()


def test_a_function_that_fails_or_is_throttled_is_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = deployed(monkeypatch, ARN)
    with Stubber(module.functions._client) as stubber:
        stubber.add_client_error("invoke", "TooManyRequestsException")
        assert module.lambda_handler({}, CONTEXT) == {"warm": 0, "failed": 1}
        stubber.add_response(
            "invoke",
            {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": body("broken")},
        )
        assert module.lambda_handler({}, CONTEXT) == {"warm": 0, "failed": 1}

    assert capsys.readouterr().out.count('"WarmingFailed":[1.0]') == 2


def test_the_warmer_itself_can_be_warmed(monkeypatch: pytest.MonkeyPatch) -> None:
    module = deployed(monkeypatch, ARN)

    assert module.lambda_handler(WARMING, CONTEXT) == {"warm": True}
