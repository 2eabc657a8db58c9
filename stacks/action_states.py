"""Between the decision and the end: dismissal, a person's approval, the action and its recovery."""

from collections.abc import Mapping
from typing import Any

from stacks.asl import DEATHS, INCIDENT, ROUND, State, States, choice, retry, task, wait
from stacks.closing_states import PIPELINE, tell

ASK = "Ask"
EXECUTOR_ATTEMPTS = 3
"""Also when it died: it may have had its effect, and only it can find out. It never repeats one."""
_APPROVAL_ID = {"approval_id.$": "$.approval.approval_id"}


def dismissal_states(seconds: Mapping[str, int], *, poll: int) -> States:
    """Return the loop that waits for the alarm to be OK by itself; otherwise a person decides."""
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
    """Return the question to a person: opened, told, waited for with a task token, expired.

    `approval` opens nothing when there is no ranked action: its approval_id is then null.
    """
    expire = {"operation": "expire", **INCIDENT, **_APPROVAL_ID}
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
        "TellApprovalWanted": tell(seconds, "approval_wanted", then="WaitForAnswer"),
        "WaitForAnswer": _wait_for_answer(seconds, approval),
        "TellAnswered": tell(seconds, "answered", then="Answer"),
        "Expire": _step("approval", seconds, expire, "$.answer", "Answer"),
        "Answer": choice(
            "$.answer.answer",
            {"granted": "ActApproved", "denied": "EscalateDenied"},
            default="EscalateExpired",
        ),
    }


def action_states(seconds: Mapping[str, int], *, poll: int) -> States:
    """Return the action, the loop that watches the same alarm, and the undo."""
    return {
        "Act": _execute(seconds, "act", {"approval_id": None}, "$.act", "Acted"),
        "Acted": choice(
            "$.act.result", {"acted": "WaitForRecovery", "ask": ASK}, default="EscalateRefused"
        ),
        "ActApproved": _execute(seconds, "act", _APPROVAL_ID, "$.act", "ActedApproved"),
        "ActedApproved": choice(
            "$.act.result", {"acted": "WaitForRecovery"}, default="EscalateRefused"
        ),
        "WaitForRecovery": wait(poll, then="VerifyRecovery"),
        "VerifyRecovery": _verify(seconds, "action", then="Recovered"),
        "Recovered": choice(
            "$.verification.verdict",
            {"pending": "WaitForRecovery", "recovered": "SettleResolved", "failed": "Undo"},
            default="SettleUnverified",
        ),
        "SettleResolved": _execute(seconds, "settle", {}, None, "Resolved"),
        "SettleUnverified": _execute(seconds, "settle", {}, None, "Unverified"),
        "Undo": _execute(seconds, "undo", {}, "$.undo", "AfterUndo"),
        "AfterUndo": choice("$.undo.result", {"undone": "Undone"}, default="EscalateNotUndone"),
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
    send = {"operation": operation, **ROUND, **more}
    state = _step("executor", seconds, send, keep, then)
    return {**state, "Retry": retry(EXECUTOR_ATTEMPTS, DEATHS)}


def _wait_for_answer(seconds: Mapping[str, int], approval: int) -> State:
    """Return the wait: Step Functions keeps the time, whether or not anybody answers."""
    state = _step("approval", seconds, {}, "$.answer", "TellAnswered")
    payload = {"operation": "wait", **INCIDENT, **_APPROVAL_ID, "task_token.$": "$$.Task.Token"}
    expired = {"ErrorEquals": ["States.Timeout"], "ResultPath": "$.error", "Next": "Expire"}
    return {
        **state,
        "Resource": "arn:${Partition}:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"FunctionName": state["Resource"], "Payload": payload},
        "TimeoutSeconds": approval,
        "Catch": [expired, *state["Catch"]],
    }
