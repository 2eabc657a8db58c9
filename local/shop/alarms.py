"""The shop's alarms: on each function, the dead-letter queue and the table."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from local.shop.plan import Member, Plan

ERRORS_IN_TEN_SECONDS = 3  # of some eighty requests


class ShopAlarms(Construct):
    """High-resolution error alarms on the functions, standard ones on the queue and the table."""

    def __init__(self, scope: Construct, construct_id: str, *, plan: Plan) -> None:
        super().__init__(scope, construct_id)
        for member in plan.members:
            self._alarm(f"{member.name}-errors", _errors(member), ERRORS_IN_TEN_SECONDS, periods=2)
        waiting = _of("AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName=plan.dead_letters)
        self._alarm(f"{plan.dead_letters}-not-empty", waiting, 0)
        throttled = _of("AWS/DynamoDB", "WriteThrottleEvents", TableName=plan.table)
        self._alarm(f"{plan.table}-throttled", throttled, 0)

    def _alarm(
        self, name: str, metric: cloudwatch.Metric, threshold: int, periods: int = 1
    ) -> None:
        """Add an alarm; missing data counts as no traffic, not as a failure."""
        cloudwatch.Alarm(
            self,
            name,
            alarm_name=name,
            metric=metric,
            threshold=threshold,
            evaluation_periods=periods,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )


def _errors(member: Member) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=member.namespace,
        metric_name="Errors",
        dimensions_map={"FunctionName": member.name},
        statistic="Sum",
        period=Duration.seconds(10),
    )


def _of(namespace: str, name: str, **dimensions: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        dimensions_map=dimensions,
        statistic="Sum" if name.endswith("Events") else "Maximum",
        period=Duration.minutes(1),
    )
