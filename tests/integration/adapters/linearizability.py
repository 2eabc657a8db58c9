"""A check that a history of concurrent appends and reads is linearizable.

For a log whose elements are unique the answer is exact and cheap: the final log gives every
append its place, and a read of n elements stands between the n-th append and the next. The
history is linearizable if and only if no operation ended before one of an earlier place began.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal


@dataclass(frozen=True)
class Operation:
    """An append of one element, or a read that saw these elements, with when it ran."""

    kind: Literal["append", "read"]
    elements: tuple[str, ...]
    began: float
    ended: float
    outcome: Literal["ok", "failed", "unknown"] = "ok"


def anomalies(history: Iterable[Operation], final: Sequence[str]) -> list[str]:
    """Return what contradicts one order of all operations that ends in the final log."""
    place = {element: n for n, element in enumerate(final, start=1)}
    operations = list(history)
    found = [f"duplicate {e}" for e in place if list(final).count(e) > 1]
    tried = {o.elements[0] for o in operations if o.kind == "append"}
    found += [f"no operation appended {element}" for element in place if element not in tried]
    placed: list[tuple[int, Operation]] = []
    for operation in operations:
        problem = _problem(operation, place, final)
        if problem:
            found.append(problem)
        elif _counts(operation, place):
            placed.append((_place(operation, place), operation))
    return found + _out_of_order(placed)


def _problem(operation: Operation, place: dict[str, int], final: Sequence[str]) -> str | None:
    if operation.kind == "read":
        seen = list(operation.elements)
        return None if list(final[: len(seen)]) == seen else f"read {seen} is no prefix"
    element = operation.elements[0]
    if operation.outcome == "ok" and element not in place:
        return f"lost {element}"
    if operation.outcome == "failed" and element in place:
        return f"refused, yet there: {element}"
    return None


def _counts(operation: Operation, place: dict[str, int]) -> bool:
    return operation.kind == "read" or operation.elements[0] in place


def _place(operation: Operation, place: dict[str, int]) -> int:
    if operation.kind == "append":
        return 2 * place[operation.elements[0]]
    return 2 * len(operation.elements) + 1


def _out_of_order(placed: list[tuple[int, Operation]]) -> list[str]:
    found, latest_begin, group, before = [], -inf, -inf, 0
    for at, operation in sorted(placed, key=lambda item: item[0]):
        if at != before:
            latest_begin, group, before = max(latest_begin, group), -inf, at
        ended = operation.ended if operation.outcome == "ok" else inf
        if ended < latest_begin:
            found.append(f"{operation.kind} {operation.elements[-1:]} ended before its turn")
        group = max(group, operation.began)
    return found
