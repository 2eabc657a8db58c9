"""Amazon SNS: topics."""

from quorum.services.row import Kind, Service, errors, named, requests

ROW = Service(
    "SNS",
    (
        Kind(
            "sns",
            "AWS/SNS",
            named("TopicName"),
            (
                requests("NumberOfMessagesPublished"),
                errors("NumberOfNotificationsFailed", sparse=True),
                errors("NumberOfNotificationsRedrivenToDlq", sparse=True),
            ),
            arn="sns:{region}:{account}:{name}",
            page="sns/v3/home?region={region}#/topics?search={name}",
        ),
    ),
)
