"""The executor's operations: act, undo, settle."""

from typing import Literal, TypedDict

from functions.executor import leases, succession
from functions.executor.act import act
from functions.executor.dependencies import ExecutorDependencies
from functions.executor.undo import undo
from quorum.domain.commands import Execute, ExecuteResult
from quorum.domain.executions import newest


def settle(deps: ExecutorDependencies, command: Execute) -> ExecuteResult:
    """Release the leases after the newest action; the resource cools down for other incidents.

    They stay until verification has a verdict on the action, whatever the caller.
    """
    pair = newest(deps.ledger.actions(command.incident_id))
    if pair is not None:
        verified = deps.verdicts.find(command.incident_id, "action", pair.act.number)
        if verified is None:
            return "settled"
    leases.release(
        deps,
        command.incident_id,
        pair.act.resource if pair else None,
        touched=True,
        number=pair.act.number if pair else None,
    )
    return "settled"


class ExecutorAnswer(TypedDict):
    """The function's answer to the state machine."""

    result: ExecuteResult
    then: Literal["next_round", "end"]
    """`next_round` if another action may follow: the newest one is over, and not the last one."""


def answer(deps: ExecutorDependencies, command: Execute) -> ExecutorAnswer:
    """Run the requested operation and return its result."""
    result = run(deps, command)
    more = succession.may_follow(deps, command.incident_id)
    return {"result": result, "then": "next_round" if more else "end"}


def run(deps: ExecutorDependencies, command: Execute) -> ExecuteResult:
    """Run the requested operation."""
    match command.operation:
        case "act":
            return act(deps, command)
        case "undo":
            return undo(deps, command)
        case "settle":
            return settle(deps, command)
