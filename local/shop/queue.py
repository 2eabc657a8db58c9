"""The queue of parcels and its dead-letter queue."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from local.shop.function import TIMEOUT_SECONDS

RECEIVES = 2
VISIBILITY = 2  # times the function's timeout. AWS advises six, too long for a demo


class ParcelQueue(Construct):
    """A queue whose messages are received at most twice."""

    def __init__(
        self, scope: Construct, construct_id: str, *, name: str, dead_letters: str
    ) -> None:
        super().__init__(scope, construct_id)
        self.queue = sqs.Queue(
            self,
            "Queue",
            queue_name=name,
            visibility_timeout=Duration.seconds(VISIBILITY * TIMEOUT_SECONDS),
            dead_letter_queue=sqs.DeadLetterQueue(
                max_receive_count=RECEIVES,
                queue=sqs.Queue(
                    self, "Dead", queue_name=dead_letters, removal_policy=RemovalPolicy.DESTROY
                ),
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )
