"""How a run ends: an outcome with its reason, closed once, told, and written up."""

from collections.abc import Mapping
from typing import Final

from functions.shared.domain.events import MessageKind, Outcome
from stacks.asl import INCIDENT, State, States, task

PIPELINE: Final = "EscalatePipeline"
"""Where everything unforeseen goes: a person takes over."""

_ENDINGS: Final[dict[str, tuple[Outcome, str, MessageKind]]] = {
    "Resolved": ("resolved", "recovered", "resolved"),
    "Dismissed": ("dismissed", "healthy", "dismissed"),
    "Undone": ("undone", "no_recovery", "escalated"),
    "Unverified": ("unverified", "silence", "escalated"),
    "EscalateDecision": ("escalated", "decision", "escalated"),
    "EscalateUnanswerable": ("escalated", "nothing_to_approve", "escalated"),
    "EscalateDenied": ("escalated", "denied", "escalated"),
    "EscalateExpired": ("escalated", "expired", "escalated"),
    "EscalateRefused": ("escalated", "refused", "escalated"),
    "EscalateNotUndone": ("escalated", "undo_refused", "escalated"),
    PIPELINE: ("escalated", "pipeline", "escalated"),
}


def closing_states(seconds: Mapping[str, int]) -> States:
    """Return every ending and what follows it.

    An outcome that the log contradicts is refused by `closing`; the incident is then escalated.
    Only when that fails too does the run fail, for the watchdog to find.
    """
    return {
        **{name: _ending(*ending) for name, ending in _ENDINGS.items()},
        "Close": _close(seconds, otherwise="CloseEscalated"),
        "CloseEscalated": {
            **_close(seconds, otherwise="NotClosed"),
            "Parameters": {**INCIDENT, "outcome": "escalated", "reason": "pipeline"},
        },
        "NotClosed": _failure("the incident could not be closed"),
        "TellClosed": tell(seconds, {"kind.$": "$.closing.kind"}, then="PostMortem"),
        "PostMortem": task(
            "postmortem",
            seconds=seconds["postmortem"],
            then="Done",
            otherwise="NotWritten",
            send={**INCIDENT, "execution_arn.$": "$$.Execution.Id"},
        ),
        "NotWritten": _failure("the post-mortem could not be written"),
        "Done": {"Type": "Succeed"},
    }


def tell(seconds: Mapping[str, int], kind: Mapping[str, str], *, then: str) -> State:
    """Return a message to people. One that fails never fails the run."""
    return task(
        "communication",
        seconds=seconds["communication"],
        then=then,
        otherwise=then,
        send={**INCIDENT, **kind},
        attempts=2,
        error=None,
    )


def _ending(outcome: Outcome, reason: str, kind: MessageKind) -> State:
    return {
        "Type": "Pass",
        "Result": {"outcome": outcome, "reason": reason, "kind": kind},
        "ResultPath": "$.closing",
        "Next": "Close",
    }


def _close(seconds: Mapping[str, int], *, otherwise: str) -> State:
    return task(
        "closing",
        seconds=seconds["closing"],
        then="TellClosed",
        otherwise=otherwise,
        send={
            **INCIDENT,
            "outcome.$": "$.closing.outcome",
            "reason.$": "$.closing.reason",
        },
    )


def _failure(cause: str) -> State:
    return {"Type": "Fail", "Error": "PipelineFailed", "Cause": cause}
