"""What is watched about Quorum itself. Each names a metric, and how much of it is too much."""

from typing import Final, Literal, NamedTuple

PERIOD_MINUTES: Final = 1


class OwnAlarm(NamedTuple):
    """Alarms when the metric is at least `threshold` within a minute."""

    name: str
    namespace: str
    metric: str
    dimension: str
    of: str
    """Short name of what the dimension names: a queue, a function, the state machine."""
    threshold: int = 1
    statistic: Literal["Sum", "Maximum"] = "Sum"


OWN_ALARMS: Final[tuple[OwnAlarm, ...]] = (
    OwnAlarm(
        "dead-letters",
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        "QueueName",
        "dead-letters",
        statistic="Maximum",
    ),
    OwnAlarm(
        "alarms-waiting",
        "AWS/SQS",
        "ApproximateAgeOfOldestMessage",
        "QueueName",
        "alarms",
        threshold=300,
        statistic="Maximum",
    ),
    OwnAlarm(
        "outbox-waiting",
        "AWS/SQS",
        "ApproximateAgeOfOldestMessage",
        "QueueName",
        "outbox",
        threshold=180,
        statistic="Maximum",
    ),
    OwnAlarm("people-not-told", "Quorum", "MessagesUndeliverable", "service", "courier"),
    OwnAlarm("messages-refused", "Quorum", "MessagesRefused", "service", "courier"),
    OwnAlarm("courier-errors", "AWS/Lambda", "Errors", "FunctionName", "courier"),
    OwnAlarm("executions-failed", "AWS/States", "ExecutionsFailed", "StateMachineArn", "incident"),
    OwnAlarm(
        "executions-timed-out", "AWS/States", "ExecutionsTimedOut", "StateMachineArn", "incident"
    ),
    OwnAlarm(
        "executions-aborted", "AWS/States", "ExecutionsAborted", "StateMachineArn", "incident"
    ),
    OwnAlarm("intake-errors", "AWS/Lambda", "Errors", "FunctionName", "intake"),
    OwnAlarm("publisher-errors", "AWS/Lambda", "Errors", "FunctionName", "publisher"),
    OwnAlarm("watchdog-errors", "AWS/Lambda", "Errors", "FunctionName", "watchdog"),
    OwnAlarm("role-maximum-exceeded", "Quorum", "RoleMaximumExceeded", "service", "consensus"),
    OwnAlarm("history-tampered", "Quorum", "HistoryTampered", "service", "publisher"),
)
