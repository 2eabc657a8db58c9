"""The queues of alarms and notifications, and the dead-letter queue."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.functions_table import seconds_of, senders_to
from stacks.naming import Names, role_arn
from stacks.stages import STAGES, StageName

KEPT_DAYS = 14
DELIVERIES = 5
HANDLING_TIMES = 6
"""Visibility timeout in multiples of the handler's timeout, as Lambda recommends."""
OUTBOX_SPARE_SECONDS = 11
"""Visibility timeout of the outbox beyond the courier's timeout. It is short, so that messages
whose courier crashed are redelivered soon."""


class Queues(Construct):
    """`alarms` and `outbox`; a message that fails five deliveries goes to `dead_letters`."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: StageName) -> None:
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
        intake, courier = seconds_of("intake"), seconds_of("courier")
        self.alarms = self._queue("Alarms", names.of("alarms"), HANDLING_TIMES * intake)
        self.outbox = self._queue("Outbox", names.of("outbox"), courier + OUTBOX_SPARE_SECONDS)
        if STAGES[stage].on_aws:  # the emulator does not support aws:PrincipalArn
            self._restrict_senders(self.outbox, senders_to("outbox"), names)

    def _restrict_senders(self, queue: sqs.Queue, senders: Sequence[str], names: Names) -> None:
        """Deny sending to all other roles in the account, whatever their own policies allow."""
        roles = [role_arn(names.of(sender)) for sender in senders]
        queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OurFunctionsAlone",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["sqs:SendMessage"],
                resources=[queue.queue_arn],
                conditions={"ArnNotEquals": {"aws:PrincipalArn": roles}},
            )
        )

    def _queue(self, construct_id: str, name: str, invisible: int) -> sqs.Queue:
        return sqs.Queue(
            self,
            construct_id,
            queue_name=name,
            visibility_timeout=Duration.seconds(invisible),
            retention_period=Duration.days(KEPT_DAYS),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letters, max_receive_count=DELIVERIES
            ),
        )
