"""Every function is called once, all at the same time, whatever the others do."""

from collections.abc import Mapping
from threading import Barrier
from typing import Any

from functions.warmer.warmer import warm
from quorum.domain.errors import SourceUnavailableError
from tests.fakes.executions import InMemoryFunctions

PAYLOAD = {"quorum": "warm"}


def test_every_function_gets_the_payload_once() -> None:
    functions = InMemoryFunctions()

    assert warm(functions, ["a", "b", "c"], PAYLOAD) == (3, ())
    assert sorted(functions.called) == [(arn, PAYLOAD) for arn in "abc"]


def test_failing_function_is_counted_and_the_others_are_called() -> None:
    functions = InMemoryFunctions()
    functions.broken["b"] = SourceUnavailableError("b is throttled")

    assert warm(functions, ["a", "b", "c"], PAYLOAD) == (2, ("b is throttled",))


def test_calls_are_made_at_the_same_time() -> None:
    together = Barrier(5, timeout=5)

    class Meeting:
        def call(self, arn: str, payload: Mapping[str, Any]) -> None:
            del arn, payload
            together.wait()

    assert warm(Meeting(), list("abcde"), PAYLOAD).warm == 5


def test_warmer_without_functions_calls_none() -> None:
    assert warm(InMemoryFunctions(), [], PAYLOAD) == (0, ())
