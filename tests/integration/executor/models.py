"""AWS behaviour that moto lacks: aliases with revisions, account limits, message moves."""

import os
from collections.abc import Callable
from typing import Any, Final, cast

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ReadTimeoutError
from botocore.loaders import create_loader
from botocore.session import Session as BotocoreSession
from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import LambdaAlias, LambdaBackend
from moto.awslambda.responses import LambdaResponse
from moto.moto_api._internal import mock_random
from moto.moto_api._internal.models import moto_api_backend
from pytest import MonkeyPatch  # noqa: PT013 - a type

from tests.builders.crashes import Death

LOADER: Final = create_loader()
"""Shared: reading the services' models anew for every test takes most of its time."""
Answer = tuple[AWSResponse, dict[str, Any]]


class PreconditionFailedError(LambdaClientError):
    """The revision given is not the newest."""

    code = 412

    def __init__(self) -> None:
        super().__init__("PreconditionFailedException", "The RevisionId provided does not match")


def revise_aliases(patch: MonkeyPatch) -> None:
    """Have moto compare an alias's revision and renew it with every update, as Lambda does."""
    update, respond = LambdaAlias.update, LambdaResponse.update_alias

    def renewed(alias: LambdaAlias, *args: Any, **kwargs: Any) -> None:
        update(alias, *args, **kwargs)
        alias.revision_id = str(mock_random.uuid4())

    def compared(response: LambdaResponse) -> Any:
        backend: LambdaBackend = response.backend
        function, name = response.path.split("/")[-3], response.path.split("/")[-1]
        given = response.json_body.get("RevisionId")
        if given and backend.get_alias(name, function).revision_id != given:
            raise PreconditionFailedError
        return respond(response)

    patch.setattr(LambdaAlias, "update", renewed)
    patch.setattr(LambdaResponse, "update_alias", compared)


def reset() -> None:
    """Empty moto: all resources are gone."""
    moto_api_backend.reset()


class Wire:
    """All calls of clients made from now on, and the answers for what moto cannot do."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Forget all calls, answers and troubles."""
        self.throttled: str | None = None
        self.death: Death | None = None
        boto3.setup_default_session()
        session = boto3.DEFAULT_SESSION
        assert session is not None
        self.calls: list[tuple[str, str]] = []
        """(access key, action) in order."""
        self.sent: list[dict[str, Any]] = []
        self._failing: str | None = None
        self.attempts = 0
        """The number of times that the lost operation was sent."""
        self._own = os.environ["AWS_ACCESS_KEY_ID"]
        inner: BotocoreSession = session._session
        inner.register_component("data_loader", LOADER)
        events = inner.get_component("event_emitter")
        events.register_first("before-call.*.*", self._record)
        events.register_last("after-call.*.*", self._end)
        events.register_first("before-send.*.*", self._send)
        inner.register("provide-client-params.sts.AssumeRole", self._keep)
        self._session = inner

    def on(self, event: str, handler: Callable[..., Answer]) -> None:
        """Answer the operation, `service.Operation`, instead of moto."""

        def respond(**given: Any) -> Answer | None:
            return None if event.endswith(f".{self._failing}") else handler(**given)

        self._session.register(f"before-call.{event}", cast("Any", respond))

    def effects(self) -> list[str]:
        """Return the actions that were called with a role's credentials."""
        return [action for key, action in self.calls if key != self._own]

    def reads(self) -> set[str]:
        """Return the actions that were called with the executor's own."""
        return {action for key, action in self.calls if key == self._own}

    def lose(self, operation: str) -> None:
        """Have the operation time out, every time."""
        self._failing = operation

    def _record(self, model: Any, request_signer: Any, **_: Any) -> Answer | None:
        service = {"monitoring": "cloudwatch"}.get(request_signer.signing_name)
        action = f"{service or request_signer.signing_name}:{model.name}"
        self.calls.append((request_signer._credentials.access_key, action))
        if self.throttled == model.name:
            error = {"Code": "ThrottlingException", "Message": "Rate exceeded"}
            return answer({"Error": error}, 400)
        return None

    def _end(self, **_: Any) -> None:
        if self.death is not None:
            self.death.around(lambda: None)

    def _send(self, **given: Any) -> None:
        if given["event_name"].endswith(f".{self._failing}"):
            self.attempts += 1
            raise ReadTimeoutError(endpoint_url="https://aws")

    def _keep(self, **given: Any) -> None:
        self.sent.append(given["params"])


def answer(parsed: dict[str, Any], status: int = 200) -> Answer:
    """Return an answer as it comes out of botocore's endpoint."""
    meta = {"HTTPStatusCode": status, "RequestId": "request-of-the-model"}
    return AWSResponse("", status, HTTPHeaders(), None), {**parsed, "ResponseMetadata": meta}


def model_account(
    wire: Wire, unreserved: Callable[[], int], whole: Callable[[], int] = lambda: 1000
) -> None:
    """Answer GetAccountSettings."""

    def respond(**_: Any) -> Answer:
        limit = {"UnreservedConcurrentExecutions": unreserved(), "ConcurrentExecutions": whole()}
        return answer({"AccountLimit": limit})

    wire.on("lambda.GetAccountSettings", respond)
