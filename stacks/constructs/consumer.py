"""A function that reads a stream in order; a poison record is cut out and put aside."""

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

BATCH = 100
RETRIES = 5
OLDEST_HOURS = 6


class Consumer(Construct):
    """Batches are halved until the record that fails is alone; its pointer is a dead letter."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stream_arn: str,
        reader: lambda_.IFunction,
        dead_letters: sqs.IQueue,
    ) -> None:
        super().__init__(scope, construct_id)
        lambda_.EventSourceMapping(
            self,
            "Records",
            target=reader,
            event_source_arn=stream_arn,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=BATCH,
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            retry_attempts=RETRIES,
            max_record_age=Duration.hours(OLDEST_HOURS),
            on_failure=sources.SqsDlq(dead_letters),
        )
