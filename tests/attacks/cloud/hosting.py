"""Functions as Lambda runs them: their own handler's module, settings, role and clients.

A handler reads its settings and makes its clients when it is imported, so each function has a copy
of its module. Seats share code and differ in settings, as they do when they are deployed.
"""

import importlib.util
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

import boto3

from quorum.runtime import lambda_runtime
from stacks.functions_table import ROWS
from stacks.settings import packaged
from tests.attacks.cloud.stubs import stub

if TYPE_CHECKING:
    from tests.attacks.cloud.account import Account

WIRED: Final = ("quorum.seats.wiring", "quorum.runtime.stream_batches")
"""Modules with a function's clock or metrics beside its handler: one copy for each function."""


class Quiet:
    """A logger without output."""

    def __getattr__(self, _: str) -> Callable[..., None]:
        return lambda *_, **__: None


class Counter:
    """Metrics of one function."""

    def __init__(self, account: "Account", function: str) -> None:
        self._account, self._function = account, function

    def add_metric(self, *, name: str, value: float, **_: Any) -> None:
        """Count it."""
        self._account.count(self._function, name, value)

    def __getattr__(self, _: str) -> Callable[..., None]:
        return lambda *_, **__: None


class Context:
    """The context that Lambda gives a handler with its invocation."""

    function_name = "function"
    aws_request_id = "request"

    def get_remaining_time_in_millis(self) -> int:
        """Return a minute."""
        return 60_000


class AtOnce:
    """An executor that does what it is given at once, in the order in which it is given."""

    def submit(self, call: Callable[..., Any], *given: Any, **named: Any) -> Future[Any]:
        """Run the call at once; return its finished future."""
        future: Future[Any] = Future()
        try:
            future.set_result(call(*given, **named))
        except Exception as error:  # noqa: BLE001 - raised again for the caller
            future.set_exception(error)
        return future


def _pools() -> Iterator[tuple[ModuleType, str]]:
    """Yield every pool of threads that a module of the product keeps."""
    for module in [m for name, m in sys.modules.items() if name.startswith("functions.")]:
        for name, part in vars(module).items():
            if isinstance(part, ThreadPoolExecutor):
                yield module, name


class Host:
    """Loads a function when it is first called."""

    def __init__(self, account: "Account") -> None:
        self._account = account
        self.modules: dict[str, ModuleType] = {}
        self._pools: tuple[tuple[ModuleType, str], ...] = ()
        self._known: list[dict[Any, Any]] = []
        self.silent: set[str] = set()
        """Functions that are not run: what calls them gets an empty answer."""
        found = account.deployed.of("AWS::Lambda::Function")
        self._functions: Mapping[str, Mapping[str, Any]] = {
            f["FunctionName"]: f for _, f in found if "FunctionName" in f
        }

    def invoke(self, full: str, event: dict[str, Any]) -> dict[str, Any]:
        """Return the function's answer, or its error in the form that Lambda reports."""
        module = self.module(full.removeprefix(self._account.named("")))
        with ExitStack() as stack:
            for owner, pool in self._pools:
                stack.enter_context(swapped(owner, **{pool: AtOnce()}))
            try:
                answer: dict[str, Any] = module.lambda_handler(event, Context())
            except Exception as error:  # noqa: BLE001 - as Lambda does
                return {"errorType": type(error).__name__, "errorMessage": str(error)}
        return answer

    def module(self, name: str) -> ModuleType:
        """Return the function's own copy of its handler's module."""
        if name not in self.modules:
            self.modules[name] = self._load(name)
            stub(name, self.modules[name], self._account)
            self._pools = tuple(_pools())
            parts = (part for m in self.modules.values() for part in vars(m).values())
            known = (getattr(part, "frozen_rounds", None) for part in parts)
            self._known = [found for found in known if isinstance(found, dict)]
        return self.modules[name]

    def forget(self) -> None:
        """Have no seat remember what it read before."""
        for known in self._known:
            known.clear()

    def _load(self, name: str) -> ModuleType:
        function = self._functions[self._account.named(name)]
        path = Path(*str(function["Handler"]).split(".")[:-1]).with_suffix(".py")
        spec = importlib.util.spec_from_file_location(f"attacked_{name.replace('-', '_')}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        with ExitStack() as stack:
            environment = {k: str(v) for k, v in function["Environment"]["Variables"].items()}
            row = next(row for row in ROWS if row.name == name)
            environment |= packaged(row, self._account.deployed.synth.config)
            stack.enter_context(patch.dict(os.environ, environment, clear=False))
            stack.enter_context(swapped(boto3, client=self._client(name)))
            stack.enter_context(swapped(time, sleep=self._account.sleep))
            stack.enter_context(swapped(lambda_runtime, **self._surroundings(name)))
            stack.enter_context(anew(WIRED))
            spec.loader.exec_module(module)
        return module

    def _surroundings(self, name: str) -> dict[str, Any]:
        return {
            "utc_now": self._account.now,
            "new_id": self._account.new_id,
            "entry": lambda handler: handler,
            "logger": Quiet(),
            "metrics": Counter(self._account, name),
        }

    def _client(self, role: str) -> Callable[..., Any]:
        return lambda service, **_: self._account.client(role, service)


@contextmanager
def anew(names: tuple[str, ...]) -> Iterator[None]:
    """Have these modules be imported anew for a while."""
    before = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    try:
        yield
    finally:
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(before)


@contextmanager
def swapped(owner: Any, **replacements: Any) -> Iterator[None]:
    """Have the owner's attributes be others for a while."""
    before = {name: getattr(owner, name) for name in replacements}
    for name, value in replacements.items():
        setattr(owner, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(owner, name, value)
