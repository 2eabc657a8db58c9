"""An account in process: functions run their real handlers, and every call is asked of IAM."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from tests.attacks.cloud.asking import asked
from tests.attacks.cloud.deployed import Deployed
from tests.attacks.cloud.dynamodb import DynamoDB, error_class, failed, layouts
from tests.attacks.cloud.hosting import Host
from tests.attacks.cloud.policies import Request
from tests.attacks.cloud.roles import iam
from tests.attacks.cloud.services import Services
from tests.attacks.cloud.state import Counted, State
from tests.attacks.cloud.stubs import Shop

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class NotLikeAWSError(BaseException):
    """A call that this stand-in for AWS cannot serve; no function may catch it as an answer."""


class Account:
    """The deployed system; `state` is the only mutable part."""

    def __init__(self, deployed: Deployed) -> None:
        self.deployed, self.iam, self.shop = deployed, iam(deployed), Shop()
        self._answers: dict[Any, bool] = {}
        dynamodb = DynamoDB(layouts(deployed))
        start = State(now=NOON, tables=dynamodb.tables)
        self.host = Host(self)
        self.services = Services(dynamodb, start, self.host.invoke)

    @property
    def state(self) -> State:
        """Return what there is now."""
        return self.services.state

    def restore(self, state: State) -> None:
        """Go back to that state; what functions remember between two calls is forgotten."""
        self.services.restore(state)
        self.host.forget()

    def allows(self, role: str, question: Request) -> bool:
        """Return whether IAM lets the role; asked once for the same."""
        key = (role, question.action, question.resource, tuple(question.context.items()))
        found = self._answers.get(key)
        if found is None:
            found = self._answers[key] = self.iam.allows(role, question)
        return found

    def now(self) -> datetime:
        """Return the time, for every function."""
        return self.state.now

    def new_id(self) -> str:
        """Return an id that nothing else has."""
        self.state.ids += 1
        return f"00000000-0000-4000-8000-{self.state.ids:012d}"

    def sleep(self, seconds: float) -> None:
        """Advance the clock."""
        self.state.now += timedelta(seconds=seconds)

    def count(self, function: str, name: str, value: float) -> None:
        """Remember what a function counted."""
        self.state.counted += (Counted(function, name, value),)

    def client(self, role: str, service: str) -> "Client":
        """Return a client with the role's permissions."""
        return Client(self, role, service)

    def named(self, name: str) -> str:
        """Return the full name of something of Quorum's."""
        return self.deployed.synth.named(name)


class Client:
    """The result of boto3.client, for one role."""

    def __init__(self, account: Account, role: str, service: str) -> None:
        self._account, self._role, self._service = account, role, service
        self.exceptions = Exceptions()

    def __getattr__(self, operation: str) -> Any:
        def call(**request: Any) -> Any:
            return self.call(operation, request)

        return call

    def call(self, operation: str, request: Mapping[str, Any]) -> Any:
        """Make the call, if IAM allows the role."""
        services = self._account.services
        question = asked(self._service, operation, request, services.dynamodb.layouts)
        if not self._account.allows(self._role, question):
            raise failed(operation, "AccessDeniedException", Question=question)
        try:
            return services.perform(self._service, operation, request)
        except ClientError:
            raise
        except Exception as error:
            raise NotLikeAWSError(f"{self._service} {operation}") from error

    def get_paginator(self, operation: str) -> "Paginator":
        """Return a paginator: there is one page."""
        return Paginator(self, operation)


class Paginator:
    """All pages of an operation's answer."""

    def __init__(self, client: Client, operation: str) -> None:
        self._client, self._operation = client, operation

    def paginate(self, **request: Any) -> Iterator[Any]:
        """Yield the one page."""
        yield self._client.call(self._operation, request)


class Exceptions:
    """A client's errors by their codes."""

    def __getattr__(self, code: str) -> type[Exception]:
        return error_class(code)
