"""Amazon SNS: topics."""

from quorum.services.row import Describe, Kind, Service, errors, named, requests

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
            describes=(
                Describe("sns:ListTopics", on="*", items="Topics", name="TopicArn"),
                Describe(
                    "sns:ListSubscriptionsByTopic",
                    request="{TopicArn: item.TopicArn}",
                    items="Subscriptions",
                    calls=("Endpoint",),
                ),
            ),
            settings=("calls",),
            page="sns/v3/home?region={region}#/topics?search={name}",
        ),
    ),
    quota=30,
)
