"""States between the decision and the end: dismissal, approval, action and recovery."""

from collections.abc import Mapping
from typing import Any

from stacks.asl import (
    DEATHS,
    INCIDENT,
    ROUND,
    TASK_TIMED_OUT,
    TIMED_OUT,
    State,
    States,
    choice,
    retry,
    task,
    wait,
)
from stacks.closing_states import PIPELINE, hand_over

ASK = "Ask"
NEXT_ROUND = "NextRound"
LOOK_AGAIN_SECONDS = "$.consensus.look_again_seconds"
WAIT_ATTEMPTS = 3
"""A wait whose function died starts again with a new task token; an answer that came in between is
in the table."""
_APPROVAL_ID = {"approval_id.$": "$.approval.approval_id"}


def dismissal_states(seconds: Mapping[str, int], *, poll: int) -> States:
    """Return the loop that waits for the alarm to recover without an action, or for a person.

    `poll` is in seconds.
    """
    return {
        "WaitForHealth": wait(poll, then="VerifyHealth"),
        "VerifyHealth": _verify(seconds, "dismissal", then="Healthy"),
        "Healthy": choice(
            "$.verification.verdict",
            {"pending": "WaitForHealth", "recovered": "Dismissed"},
            default=ASK,
        ),
    }


def approval_states(seconds: Mapping[str, int], *, approval: int) -> States:
    """Return the approval request: opened, notified, awaited with a task token, expired.

    While another look may change the decision, the wait ends with the next round instead; people
    can still answer until that is decided. Without a ranked action the function `approval` opens no
    request and returns a null approval_id. The argument `approval` is the time to answer, in
    seconds.
    """
    expire = {"operation": "expire", **INCIDENT, **_APPROVAL_ID}
    look = _wait_for_answer(seconds, {"TimeoutSecondsPath": LOOK_AGAIN_SECONDS}, NEXT_ROUND)
    return {
        ASK: _step("approval", seconds, {"operation": "open", **ROUND}, "$.approval", "Answerable"),
        "Answerable": {
            "Type": "Choice",
            "Choices": [
                {
                    "Variable": "$.approval.approval_id",
                    "IsNull": False,
                    "Next": "TellApprovalWanted",
                }
            ],
            "Default": "EscalateUnanswerable",
        },
        "TellApprovalWanted": hand_over("approval_wanted", then="HowLong"),
        "HowLong": choice(
            "$.consensus.then", {"look_again": "WaitForAnswerOrLook"}, default="WaitForAnswer"
        ),
        "WaitForAnswer": _wait_for_answer(seconds, {"TimeoutSeconds": approval}, "Expire"),
        "WaitForAnswerOrLook": look,
        "TellAnswered": hand_over("answered", then="Answer"),
        "Expire": _step("approval", seconds, expire, "$.answer", "Answer"),
        "Answer": choice(
            "$.answer.answer",
            {"granted": "ActApproved", "denied": "EscalateDenied"},
            default="EscalateExpired",
        ),
    }


def action_states(seconds: Mapping[str, int], *, poll: int) -> States:
    """Return the action, the loop that verifies recovery of the same alarm, and the undo.

    An action that was undone, or that helped in part, is followed by another round.

    `poll` is in seconds.
    """
    return {
        "Act": _execute(seconds, "act", {"approval_id": None}, "$.act", "Acted"),
        "Acted": choice(
            "$.act.result", {"acted": "WaitForRecovery", "ask": ASK}, default="EscalateRefused"
        ),
        "ActApproved": _execute(
            seconds,
            "act",
            {**_APPROVAL_ID, "round.$": "$.approval.round"},
            "$.act",
            "ActedApproved",
        ),
        "ActedApproved": choice(
            "$.act.result", {"acted": "WaitForRecovery"}, default="EscalateRefused"
        ),
        "WaitForRecovery": wait(poll, then="VerifyRecovery"),
        "VerifyRecovery": _verify(seconds, "action", then="Recovered"),
        "Recovered": choice(
            "$.verification.verdict",
            {
                "pending": "WaitForRecovery",
                "recovered": "SettleResolved",
                "partial": "SettlePartial",
                "failed": "Undo",
            },
            default="SettleUnverified",
        ),
        "SettleResolved": _execute(seconds, "settle", {}, None, "Resolved"),
        "SettleUnverified": _execute(seconds, "settle", {}, None, "Unverified"),
        "SettlePartial": _execute(seconds, "settle", {}, "$.settled", "AfterPartial"),
        "AfterPartial": choice("$.settled.then", {"next_round": NEXT_ROUND}, default="Partial"),
        "Undo": _execute(seconds, "undo", {}, "$.undo", "AfterUndo"),
        "AfterUndo": choice(
            "$.undo.result", {"undone": "AfterUndone"}, default="EscalateNotUndone"
        ),
        "AfterUndone": choice("$.undo.then", {"next_round": NEXT_ROUND}, default="Undone"),
    }


def _step(
    function: str, seconds: Mapping[str, int], send: Mapping[str, Any], keep: str | None, then: str
) -> State:
    return task(
        function, seconds=seconds[function], then=then, otherwise=PIPELINE, send=send, keep=keep
    )


def _verify(seconds: Mapping[str, int], mode: str, *, then: str) -> State:
    return _step("verification", seconds, {**INCIDENT, "mode": mode}, "$.verification", then)


def _execute(
    seconds: Mapping[str, int],
    operation: str,
    more: Mapping[str, Any],
    keep: str | None,
    then: str,
) -> State:
    return _step("executor", seconds, {"operation": operation, **ROUND, **more}, keep, then)


def _wait_for_answer(seconds: Mapping[str, int], limit: Mapping[str, Any], otherwise: str) -> State:
    """Return the wait for an answer, which Step Functions times out at the limit.

    `otherwise` follows that timeout, which is not retried.
    """
    state = _step("approval", seconds, {}, "$.answer", "TellAnswered")
    payload = {"operation": "wait", **INCIDENT, **_APPROVAL_ID, "task_token.$": "$$.Task.Token"}
    del state["TimeoutSeconds"]
    expired = {"ErrorEquals": [TASK_TIMED_OUT], "ResultPath": "$.error", "Next": otherwise}
    return {
        **state,
        **limit,
        "Resource": "arn:${Partition}:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"FunctionName": state["Resource"], "Payload": payload},
        "Retry": retry(WAIT_ATTEMPTS, (*DEATHS, TIMED_OUT)),
        "Catch": [expired, *state["Catch"]],
    }
