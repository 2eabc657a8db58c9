"""From an opted-in alarm to `intake`: rule, queue, function; nothing is lost on the way."""

from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
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
        pattern_rule(
            self,
            "Alarms",
            pattern=alarm_pattern(config),
            enabled=bool(config.alarm_prefixes or config.alarm_tags),
            target=targets.SqsQueue(queues.alarms, dead_letter_queue=queues.dead_letters),
        )
        lambda_.EventSourceMapping(
            self,
            "Messages",
            target=intake,
            event_source_arn=queues.alarms.queue_arn,
            batch_size=BATCH,
            report_batch_item_failures=True,
        )
