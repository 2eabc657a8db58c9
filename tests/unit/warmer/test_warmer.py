"""Every function is called once, at most four at a time, whatever the others do."""

from collections.abc import Mapping
from threading import Barrier, Lock
from typing import Any

from functions.warmer.warmer import AT_A_TIME, warm
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


def test_four_calls_and_no_more_are_made_at_the_same_time() -> None:
    """A new account has a concurrency quota of ten for all of its functions."""
    together, counting = Barrier(4, timeout=5), Lock()
    running, most = 0, 0

    class Meeting:
        def call(self, arn: str, payload: Mapping[str, Any]) -> None:
            nonlocal running, most
            del arn, payload
            with counting:
                running += 1
                most = max(most, running)
            together.wait()
            with counting:
                running -= 1

    assert warm(Meeting(), list("abcdefgh"), PAYLOAD).warm == 8
    assert most == AT_A_TIME == 4


def test_warmer_without_functions_calls_none() -> None:
    assert warm(InMemoryFunctions(), [], PAYLOAD) == (0, ())
