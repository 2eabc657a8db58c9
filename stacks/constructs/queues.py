"""The queue of alarms, and the one place for everything that could not be handled."""

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.naming import Names
from stacks.stages import StageName

KEPT_DAYS = 14
DELIVERIES = 5
HANDLING_TIMES = 6
"""Invisible for this many times the handler's timeout, as Lambda asks for."""


class Queues(Construct):
    """Both queues; what is delivered too often in vain goes from `alarms` to `dead_letters`."""

    def __init__(
        self, scope: Construct, construct_id: str, *, stage: StageName, handler_seconds: int
    ) -> None:
        super().__init__(scope, construct_id)
        names = Names(stage)
        self.dead_letters = sqs.Queue(
            self,
            "DeadLetters",
            queue_name=names.of("dead-letters"),
            retention_period=Duration.days(KEPT_DAYS),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
        )
        self.alarms = sqs.Queue(
            self,
            "Alarms",
            queue_name=names.of("alarms"),
            visibility_timeout=Duration.seconds(HANDLING_TIMES * handler_seconds),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letters, max_receive_count=DELIVERIES
            ),
        )
