"""The linearizability check accepts possible histories and rejects impossible ones."""

from typing import Any

import pytest

from tests.integration.adapters.linearizability import Operation, anomalies


def ok(kind: Any, *elements: str, at: tuple[float, float]) -> Operation:
    """Return a successful operation."""
    return Operation(kind, elements, *at)


A, B = ok("append", "a", at=(0, 1)), ok("append", "b", at=(2, 3))


FINAL = ["a", "b"]


@pytest.mark.parametrize(
    ("history", "final", "expected"),
    [
        ([A, B], FINAL, None),
        ([A, B, ok("read", at=(0.5, 0.6))], FINAL, None),
        ([A, B, ok("read", "a", at=(1, 9))], FINAL, None),
        ([A], ["a", "a"], "duplicate"),
        ([A, B], ["a"], "lost"),
        ([A], FINAL, "no operation"),
        ([A, B], ["b", "a"], "turn"),
        ([A, B, ok("read", "b", at=(4, 5))], FINAL, "prefix"),
        ([A, B, ok("read", "a", at=(4, 5))], FINAL, "turn"),
        ([A, B, ok("read", at=(1.5, 1.6))], FINAL, "turn"),
        ([A, B, ok("read", "a", "b", at=(1.5, 1.6))], FINAL, "turn"),
        ([A, Operation("append", ("b",), 2, 3, "failed")], FINAL, "refused"),
        ([A, Operation("append", ("b",), 2, 3, "failed")], ["a"], None),
        ([A, Operation("append", ("b",), 2, 3, "unknown")], ["a"], None),
        ([Operation("append", ("b",), 2, 3, "unknown"), A], FINAL, None),
    ],
)
def test_anomalies_finds_impossible_histories_only(
    history: list[Operation], final: list[str], expected: str | None
) -> None:
    found = anomalies(history, final)
    assert (not found) if expected is None else any(expected in one for one in found)
