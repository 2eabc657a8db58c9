"""A function that reads a stream in order; a record that keeps failing becomes a dead letter."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

BATCH = 100
RETRIES = 5
OLDEST_HOURS = 6


class StreamSource(NamedTuple):
    """A stream, and the event types that invoke the reader; all records where none is listed."""

    arn: str
    event_types: Sequence[str] = ()


class StreamConsumer(Construct):
    """The mapping from stream to function.

    A failing batch is halved until the failing record is alone. Its position in the stream is the
    dead letter.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        source: StreamSource,
        reader: lambda_.IFunction,
        dead_letters: sqs.IQueue,
    ) -> None:
        super().__init__(scope, construct_id)
        lambda_.EventSourceMapping(
            self,
            "Records",
            target=reader,
            event_source_arn=source.arn,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            filters=[_of_types(source.event_types)] if source.event_types else None,
            batch_size=BATCH,
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            retry_attempts=RETRIES,
            max_record_age=Duration.hours(OLDEST_HOURS),
            on_failure=sources.SqsDlq(dead_letters),
        )


def _of_types(types: Sequence[str]) -> Mapping[str, Any]:
    """Return the filter of Kinesis records that hold an event of one of the types."""
    kind = lambda_.FilterRule.or_(*types)
    return lambda_.FilterCriteria.filter({"data": {"type": kind}})
