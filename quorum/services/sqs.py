"""Amazon SQS: queues."""

from quorum.services.row import Kind, Service, Signal, named

ROW = Service(
    "SQS",
    (
        Kind(
            "sqs",
            "AWS/SQS",
            named("QueueName"),
            (
                Signal("ApproximateNumberOfMessagesVisible", "depth", "Maximum"),
                Signal("ApproximateAgeOfOldestMessage", "age", "Maximum", "Seconds"),
                Signal("NumberOfMessagesSent", "other"),
                Signal("NumberOfMessagesDeleted", "other"),
            ),
            arn="sqs:{region}:{account}:{name}",
            page="sqs/v3/home?region={region}#/queues/{url}",
            parts=("url",),
            anywhere=True,
            reads=("sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListDeadLetterSourceQueues"),
        ),
    ),
    verbs="sqs.",
)
