"""Functions in memory, by the ARN that they are called through."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from quorum.domain.errors import SourceUnavailableError

Function = Callable[[dict[str, Any]], dict[str, Any]]


class InMemoryAnswering:
    """An `Answering`. What is sent and answered goes through JSON, as on the wire."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self._functions = functions
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def call(self, arn: str, payload: Mapping[str, Any]) -> None:
        """Invoke the function and wait until it has answered without an error."""
        self.ask(arn, payload)

    def ask(self, arn: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Invoke the function and return its answer, or raise what it raised."""
        if arn not in self._functions:
            raise SourceUnavailableError(f"{arn} does not answer")
        sent = json.loads(json.dumps(dict(payload)))
        self.asked.append((arn, sent))
        answer: dict[str, Any] = json.loads(json.dumps(self._functions[arn](sent)))
        return answer
