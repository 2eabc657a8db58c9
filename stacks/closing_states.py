"""States that end a run: outcome with its reason, closing, notification, post-mortem."""

from collections.abc import Mapping
from typing import Final

from quorum.domain.events import MessageKind, Outcome
from stacks.asl import INCIDENT, ROUND, State, States, choice, task

PIPELINE: Final = "EscalatePipeline"
"""The ending for every unexpected error: a person takes over."""
HAND_OVER_SECONDS: Final = 5
"""Time for Lambda to accept an event, which takes milliseconds."""

_ENDINGS: Final[dict[str, tuple[Outcome, str]]] = {
    "Resolved": ("resolved", "recovered"),
    "Dismissed": ("dismissed", "healthy"),
    "Undone": ("undone", "no_recovery"),
    "Unverified": ("unverified", "silence"),
    "Partial": ("escalated", "partial"),
    "EscalateDecision": ("escalated", "decision"),
    "EscalateUnanswerable": ("escalated", "nothing_to_approve"),
    "EscalateDenied": ("escalated", "denied"),
    "EscalateExpired": ("escalated", "expired"),
    "EscalateRefused": ("escalated", "refused"),
    "EscalateNotUndone": ("escalated", "undo_refused"),
    PIPELINE: ("escalated", "pipeline"),
}
_KINDS: Final[dict[Outcome, MessageKind]] = {"resolved": "resolved", "dismissed": "dismissed"}
"""Message by outcome; any other outcome is escalated to a person."""


def closing_states(seconds: Mapping[str, int]) -> States:
    """Return the endings and the states after them.

    The function `closing` returns the outcome that the log supports, which may differ from the
    one it is given; that one is notified. Only if closing fails twice does the run fail, which
    the watchdog detects.
    """
    return {
        **{name: _ending(*ending) for name, ending in _ENDINGS.items()},
        "Close": _close(
            seconds,
            {"outcome.$": "$.closing.outcome", "reason.$": "$.closing.reason"},
            otherwise="CloseEscalated",
        ),
        "CloseEscalated": _close(
            seconds, {"outcome": "escalated", "reason": "pipeline"}, otherwise="NotClosed"
        ),
        "NotClosed": _failure("the incident could not be closed"),
        "Closed": choice(
            "$.closed.outcome",
            {outcome: _notification_state(kind) for outcome, kind in _KINDS.items()},
            default=_notification_state("escalated"),
        ),
        **{
            _notification_state(kind): notify(seconds, kind, then="PostMortem")
            for kind in (*_KINDS.values(), "escalated")
        },
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


def hand_over(kind: MessageKind, *, then: str) -> State:
    """Return the Task that hands a notification over to Lambda's own queue.

    The run goes on as soon as Lambda has accepted the event: no message and no channel is between
    an alarm, a decision or a grant and the effect. Lambda calls `communication` and retries it; an
    event that it gives up on becomes a dead letter. A failure never fails the run.
    """
    state = _message(HAND_OVER_SECONDS, kind, then)
    event = {
        "FunctionName": state["Resource"],
        "InvocationType": "Event",
        "Payload": state["Parameters"],
    }
    return {**state, "Resource": "arn:${Partition}:states:::lambda:invoke", "Parameters": event}


def notify(seconds: Mapping[str, int], kind: MessageKind, *, then: str) -> State:
    """Return the Task that sends a notification and waits for it: at the end of a run, where no
    effect follows and the post-mortem lists what was sent. Its failure never fails the run.
    """
    return _message(seconds["communication"], kind, then)


def _message(seconds: int, kind: MessageKind, then: str) -> State:
    return task(
        "communication",
        seconds=seconds,
        then=then,
        otherwise=then,
        send={**ROUND, "kind": kind},
        attempts=2,
        error=None,
    )


def _notification_state(kind: MessageKind) -> str:
    """Return the state's name, which executions that run during an upgrade refer to."""
    return f"Tell{kind.capitalize()}"


def _ending(outcome: Outcome, reason: str) -> State:
    return {
        "Type": "Pass",
        "Result": {"outcome": outcome, "reason": reason},
        "ResultPath": "$.closing",
        "Next": "Close",
    }


def _close(seconds: Mapping[str, int], ending: Mapping[str, str], *, otherwise: str) -> State:
    return task(
        "closing",
        seconds=seconds["closing"],
        then="Closed",
        otherwise=otherwise,
        send={**INCIDENT, **ending},
        keep="$.closed",
    )


def _failure(cause: str) -> State:
    return {"Type": "Fail", "Error": "PipelineFailed", "Cause": cause}
