"""The three operations, by name."""

from functions.executor import leases
from functions.executor.act import act
from functions.executor.request import Request, Result
from functions.executor.tools import Tools
from functions.executor.undo import undo


def settle(tools: Tools, request: Request) -> Result:
    """End the leases: the resource cools down before anybody else gets it."""
    leases.release(tools, tools.load(request.incident_id), touched=True)
    return "settled"


def run(tools: Tools, request: Request) -> Result:
    """Do what was asked."""
    match request.operation:
        case "act":
            return act(tools, request)
        case "undo":
            return undo(tools, request)
        case "settle":
            return settle(tools, request)
