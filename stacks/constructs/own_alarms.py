"""CloudWatch alarms on Quorum itself, sent to people by SNS and never handled by Quorum."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from stacks.config import Config
from stacks.naming import Names, arn
from stacks.own_alarms import OWN_ALARMS, PERIOD_MINUTES, OwnAlarm


class OwnAlarms(Construct):
    """The alarms, and the topic with the operator's mail addresses that they are sent to."""

    def __init__(self, scope: Construct, construct_id: str, *, config: Config) -> None:
        super().__init__(scope, construct_id)
        names = Names(config.stage)
        topic = sns.Topic(self, "People", topic_name=names.of("own-alarms"), enforce_ssl=True)
        _allow_alarms(topic, names)
        for address in config.mail_to if config.machinery.on_aws else ():
            topic.add_subscription(subscriptions.EmailSubscription(address))
        notify = actions.SnsAction(topic)
        for row in OWN_ALARMS:
            _alarm(self, row, names).add_alarm_action(notify)


def _allow_alarms(topic: sns.Topic, names: Names) -> None:
    """Allow this stage's alarms to publish.

    A topic without a policy gets a default one that lets CloudWatch publish. `enforce_ssl` gives
    the topic a policy of its own, which replaces that default.
    """
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            sid="OwnAlarmsPublish",
            principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions={
                "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                "ArnLike": {"aws:SourceArn": arn("cloudwatch", f"alarm:{names.of('*')}")},
            },
        )
    )


def _alarm(scope: Construct, row: OwnAlarm, names: Names) -> cloudwatch.Alarm:
    of = names.machine_arn if row.dimension == "StateMachineArn" else names.of(row.of)
    return cloudwatch.Alarm(
        scope,
        row.name,
        alarm_name=names.of(row.name),
        alarm_description=row.description,
        metric=cloudwatch.Metric(
            namespace=row.namespace,
            metric_name=row.metric,
            dimensions_map={row.dimension: of},
            statistic=row.statistic,
            period=Duration.minutes(PERIOD_MINUTES),
        ),
        threshold=row.threshold,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
