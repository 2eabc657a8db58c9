"""Building blocks of Amazon States Language (JSONPath) as dictionaries."""

from collections.abc import Mapping
from typing import Any, Final

from quorum.domain.errors import transient_error_names
from quorum.domain.seats import RETRY_INTERVAL_SECONDS, RETRY_MAX_DELAY_SECONDS

State = dict[str, Any]
States = dict[str, State]

LAMBDA_ERRORS: Final = (
    "Lambda.TooManyRequestsException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ClientExecutionTimeoutException",
)
"""Lambda's own transient errors, by the names that Step Functions gives them."""
DEATHS: Final = ("Runtime.ExitError", "Runtime.OutOfMemory", "Lambda.Unknown")
"""Errors of a function whose process ended in the middle of its work: it exited or was killed, it
ran out of memory, or Lambda gives no reason. Older runtimes report all of these, and timeouts, as
the last. The names are those that Step Functions gives them."""
TIMED_OUT: Final = "Sandbox.Timedout"
"""The error of a function that used up its own time."""
TASK_TIMED_OUT: Final = "States.Timeout"
"""The error of a task that took longer than its state allows."""
INTERRUPTIONS: Final = (*DEATHS, TIMED_OUT, TASK_TIMED_OUT)
"""A function that was interrupted may have done all of its work, or none. Another attempt is safe,
because each function that the state machine calls does its work once per incident and round: the
event, the ballot, the decision, the effect or the ending is stored by a conditional write, and a
later attempt returns what is stored. A message may be sent twice."""

INCIDENT: Final = {"incident_id.$": "$.incident_id"}
ROUND: Final = {**INCIDENT, "round.$": "$.round"}


def substitution(function: str) -> str:
    """Return the placeholder name of a function's alias: `seat-a-b` gives `SeatAB`."""
    return "".join(word.capitalize() for word in function.split("-"))


def task(  # noqa: PLR0913 - a state's fields, by name
    function: str,
    *,
    seconds: int,
    then: str,
    otherwise: str,
    send: Mapping[str, Any],
    keep: str | None = None,
    attempts: int = 3,
    interruptions: tuple[str, ...] = INTERRUPTIONS,
    error: str | None = "$.error",
) -> State:
    """Return a Task that calls a function's alias, retries transient errors and catches all others.

    `keep` is the path in the state that receives the result, None to drop it; `error` is the same
    for an error. `interruptions` are those that are retried like transient errors.
    """
    return {
        "Type": "Task",
        "Resource": f"${{{substitution(function)}}}",
        "Parameters": dict(send),
        "ResultPath": keep,
        "TimeoutSeconds": seconds,
        "Retry": retry(attempts, interruptions),
        "Catch": catch(otherwise, error),
        "Next": then,
    }


def retry(attempts: int, errors: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the retry policy for transient errors and `errors`: exponential with full jitter."""
    return [
        {
            "ErrorEquals": [*transient_error_names(), *LAMBDA_ERRORS, *errors],
            "IntervalSeconds": RETRY_INTERVAL_SECONDS,
            "MaxAttempts": attempts - 1,
            "BackoffRate": 2,
            "MaxDelaySeconds": RETRY_MAX_DELAY_SECONDS,
            "JitterStrategy": "FULL",
        }
    ]


def catch(then: str, keep: str | None) -> list[dict[str, Any]]:
    """Return a catch-all."""
    return [{"ErrorEquals": ["States.ALL"], "ResultPath": keep, "Next": then}]


def choice(path: str, routes: Mapping[str, str], *, default: str) -> State:
    """Return a Choice on a string. `routes` maps each value to the next state."""
    return {
        "Type": "Choice",
        "Choices": [
            {"Variable": path, "StringEquals": value, "Next": then}
            for value, then in routes.items()
        ],
        "Default": default,
    }


def next_round(*, then: str) -> State:
    """Return a Pass that counts the round and forgets all that the former one left in the state."""
    return {
        "Type": "Pass",
        "Parameters": {**INCIDENT, "round.$": "States.MathAdd($.round, 1)"},
        "Next": then,
    }


def wait(seconds: int, *, then: str) -> State:
    """Return a Wait."""
    return {"Type": "Wait", "Seconds": seconds, "Next": then}
