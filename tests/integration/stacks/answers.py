"""The functions' answers in a run without faults; a test changes those that it is about."""

from collections.abc import Callable, Iterable
from typing import Any

from quorum.domain.errors import QuorumError
from stacks.functions_table import ROWS
from tests.integration.stacks.moto_machine import Answer, InterruptedFunctionError, Payload

ACTION = "lambda.rollback_alias:000000000000"


def seat(payload: Payload) -> Payload:
    return {
        "seat": payload["seat"],
        "tier": payload["tier"],
        "action": ACTION,
        "conf_bp": 9000,
    }


def executor(payload: Payload) -> Payload:
    return done({"act": "acted", "undo": "undone", "settle": "settled"}[payload["operation"]])


def done(result: str, then: str = "end") -> Payload:
    """The executor's answer."""
    return {"result": result, "then": then}


def decided(route: str, look_again: int = 0) -> Payload:
    """The answer of consensus; `look_again` in seconds."""
    then = "look_again" if look_again else "end"
    return {"route": route, "then": then, "look_again_seconds": max(1, look_again)}


def approval(payload: Payload) -> Payload:
    if payload["operation"] == "open":
        return {"approval_id": "a1", "round": payload["round"]}
    return {"answer": "expired"}


def healthy(**changed: Answer) -> dict[str, Answer]:
    """Answers of a run that resolves by itself; a seat's name stands with underscores."""
    found: dict[str, Answer] = {
        **{row.name: seat for row in ROWS if row.seat},
        "communication": lambda _: {"sent": True},
        "evidence": lambda _: {"evidence": "0" * 64, "candidates": 3},
        "consensus": lambda _: decided("execute"),
        "approval": approval,
        "executor": executor,
        "verification": lambda _: {"verdict": "recovered"},
        "closing": lambda payload: {"outcome": payload["outcome"]},
        "postmortem": lambda _: {"key": "post-mortems/x.md"},
    }
    return {**found, **{name.replace("_", "-"): answer for name, answer in changed.items()}}


def in_turn(*answers: Any) -> Answer:
    """Give each answer once, the last for ever; an error is raised."""
    left = list(answers)

    def answer(_: Payload) -> Any:
        found = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(found, QuorumError):
            raise found
        return found

    return answer


def fails(error: QuorumError, on: Iterable[str] = ()) -> Callable[[Payload], Payload]:
    """Raise the error, or, given tiers of a seat, on those alone."""
    tiers = set(on)

    def answer(payload: Payload) -> Payload:
        if not tiers or payload["tier"] in tiers:
            raise error
        return seat(payload)

    return answer


def interrupted(answer: Answer, error: str, *, after: bool = False) -> Answer:
    """End in the middle of the first call of each operation, before or after its work is done."""
    seen: set[str] = set()

    def answered(payload: Payload) -> Payload:
        operation = str(payload.get("operation"))
        first = operation not in seen
        seen.add(operation)
        found: Payload = answer(payload) if after or not first else {}
        if first:
            raise InterruptedFunctionError(error)
        return found

    return answered
