"""Delivery of opted-in alarms to `intake`: an EventBridge rule, a queue with dead letters."""

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.config import Config
from stacks.constructs.queues import Queues
from stacks.constructs.rule import pattern_rule
from stacks.event_patterns import alarm_pattern

BATCH = 10


class AlarmIntake(Construct):
    """The rule, and the mapping from queue to function; a failed message is retried alone."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: Config,
        queues: Queues,
        intake: lambda_.IFunction,
    ) -> None:
        super().__init__(scope, construct_id)
        rule = pattern_rule(
            self,
            "Alarms",
            pattern=alarm_pattern(config),
            enabled=bool(config.alarm_prefixes or config.alarm_tags),
            target=targets.SqsQueue(queues.alarms, dead_letter_queue=queues.dead_letters),
        )
        _restrict_senders(queues.alarms, rule)
        lambda_.EventSourceMapping(
            self,
            "Messages",
            target=intake,
            event_source_arn=queues.alarms.queue_arn,
            batch_size=BATCH,
            report_batch_item_failures=True,
        )


def _restrict_senders(alarms: sqs.Queue, rule: events.Rule) -> None:
    """Deny sending to the queue to every caller but EventBridge on behalf of this rule.

    A negated condition also holds where its key is missing: a principal of the account has no
    source ARN and is denied, whatever its own policies allow.
    """
    alarms.add_to_resource_policy(
        iam.PolicyStatement(
            sid="OnlyTheRule",
            effect=iam.Effect.DENY,
            principals=[iam.AnyPrincipal()],
            actions=["sqs:SendMessage"],
            resources=[alarms.queue_arn],
            conditions={"ArnNotEquals": {"aws:SourceArn": rule.rule_arn}},
        )
    )
