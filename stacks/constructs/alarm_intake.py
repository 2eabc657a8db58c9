"""From an opted-in alarm to `intake`: rule, queue, function; nothing is lost on the way."""

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.alarm_pattern import alarm_pattern
from stacks.config import Config
from stacks.constructs.queues import Queues
from stacks.constructs.rule import pattern_rule

BATCH = 10


class AlarmIntake(Construct):
    """Each message of a batch succeeds or fails alone."""

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
        _close(queues.alarms, rule)
        lambda_.EventSourceMapping(
            self,
            "Messages",
            target=intake,
            event_source_arn=queues.alarms.queue_arn,
            batch_size=BATCH,
            report_batch_item_failures=True,
        )


def _close(alarms: sqs.Queue, rule: events.Rule) -> None:
    """Deny everybody but EventBridge, on behalf of this very rule, to put messages into the queue.

    A negated condition holds where its key is missing: a principal of the account brings no source,
    and is denied whatever its own policies allow.
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
