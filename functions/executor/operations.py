"""The three operations, by name."""

from functions.executor import leases
from functions.executor.act import act
from functions.executor.dependencies import Dependencies
from functions.executor.undo import undo
from quorum.domain.commands import Execute, ExecuteResult


def settle(tools: Dependencies, request: Execute) -> ExecuteResult:
    """End the leases: the resource cools down before anybody else gets it.

    While it is not known whether the action helped they stay, whoever asks.
    """
    fence = tools.ledger.find(request.incident_id, "act")
    if fence is not None and tools.verdicts.find(request.incident_id, "action") is None:
        return "settled"
    resource = fence.resource if fence else None
    leases.release(tools, request.incident_id, resource, touched=True)
    return "settled"


def run(tools: Dependencies, request: Execute) -> ExecuteResult:
    """Do what was asked."""
    match request.operation:
        case "act":
            return act(tools, request)
        case "undo":
            return undo(tools, request)
        case "settle":
            return settle(tools, request)
