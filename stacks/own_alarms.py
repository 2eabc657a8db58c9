"""Alarms on Quorum itself: a metric, its threshold, and a description for the person on call."""

from typing import Final, Literal, NamedTuple

PERIOD_MINUTES: Final = 1


class OwnAlarm(NamedTuple):
    """An alarm that fires when the metric is at least `threshold` within one period."""

    name: str
    description: str
    """One sentence; docs/runbook.md has the steps to take."""
    namespace: str
    metric: str
    dimension: str
    of: str
    """Short name of the queue, function or state machine that the dimension identifies."""
    threshold: int = 1
    statistic: Literal["Sum", "Maximum"] = "Sum"


OWN_ALARMS: Final[tuple[OwnAlarm, ...]] = (
    OwnAlarm(
        "dead-letters",
        "A message, event or stream record could not be processed and is in the dead-letter queue, "
        "for up to 15 minutes if it was idle.",
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        "QueueName",
        "dead-letters",
        statistic="Maximum",
    ),
    OwnAlarm(
        "alarms-waiting",
        "The oldest alarm event has been queued for 5 minutes: incidents open late or not at all.",
        "AWS/SQS",
        "ApproximateAgeOfOldestMessage",
        "QueueName",
        "alarms",
        threshold=300,
        statistic="Maximum",
    ),
    OwnAlarm(
        "outbox-waiting",
        "The oldest notification has been queued for 3 minutes: people are notified late.",
        "AWS/SQS",
        "ApproximateAgeOfOldestMessage",
        "QueueName",
        "outbox",
        threshold=180,
        statistic="Maximum",
    ),
    OwnAlarm(
        "notifications-undeliverable",
        "No channel accepted a notification: look for incidents that need a decision.",
        "Quorum",
        "MessagesUndeliverable",
        "service",
        "courier",
    ),
    OwnAlarm(
        "messages-refused",
        "A queued notification contradicts the stored records: a bug or tampering.",
        "Quorum",
        "MessagesRefused",
        "service",
        "courier",
    ),
    OwnAlarm(
        "courier-errors",
        "courier failed: queued notifications are retried, then become dead letters.",
        "AWS/Lambda",
        "Errors",
        "FunctionName",
        "courier",
    ),
    OwnAlarm(
        "executions-failed",
        "A run failed: its incident could not be closed or its post-mortem not written.",
        "AWS/States",
        "ExecutionsFailed",
        "StateMachineArn",
        "incident",
    ),
    OwnAlarm(
        "executions-timed-out",
        "A run exceeded its time limit: the watchdog escalates its incident.",
        "AWS/States",
        "ExecutionsTimedOut",
        "StateMachineArn",
        "incident",
    ),
    OwnAlarm(
        "executions-aborted",
        "A run was stopped from outside Quorum: the watchdog escalates its incident.",
        "AWS/States",
        "ExecutionsAborted",
        "StateMachineArn",
        "incident",
    ),
    OwnAlarm(
        "intake-errors",
        "intake failed on an alarm event, which is delivered up to five times.",
        "AWS/Lambda",
        "Errors",
        "FunctionName",
        "intake",
    ),
    OwnAlarm(
        "publisher-errors",
        "publisher failed: console and learning lag behind the event log.",
        "AWS/Lambda",
        "Errors",
        "FunctionName",
        "publisher",
    ),
    OwnAlarm(
        "watchdog-errors",
        "watchdog failed: stalled incidents are not reported.",
        "AWS/Lambda",
        "Errors",
        "FunctionName",
        "watchdog",
    ),
    OwnAlarm(
        "role-maximum-exceeded",
        "The seats of a role exceeded its time limit: decisions are late.",
        "Quorum",
        "RoleMaximumExceeded",
        "service",
        "consensus",
    ),
    OwnAlarm(
        "history-tampered",
        "An event of the log was changed or deleted, which no function may do.",
        "Quorum",
        "HistoryTampered",
        "service",
        "publisher",
    ),
)
