"""The executor's operations: act, undo, settle."""

from functions.executor import leases
from functions.executor.act import act
from functions.executor.dependencies import ExecutorDependencies
from functions.executor.undo import undo
from quorum.domain.commands import Execute, ExecuteResult


def settle(deps: ExecutorDependencies, command: Execute) -> ExecuteResult:
    """Release the leases after the action; the resource cools down before the next incident.

    They stay until verification has a verdict on the action, whatever the caller.
    """
    fence = deps.ledger.find(command.incident_id, "act")
    if fence is not None and deps.verdicts.find(command.incident_id, "action") is None:
        return "settled"
    resource = fence.resource if fence else None
    leases.release(deps, command.incident_id, resource, touched=True)
    return "settled"


def run(deps: ExecutorDependencies, command: Execute) -> ExecuteResult:
    """Run the requested operation."""
    match command.operation:
        case "act":
            return act(deps, command)
        case "undo":
            return undo(deps, command)
        case "settle":
            return settle(deps, command)
