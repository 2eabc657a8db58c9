"""Processing of stream batches: one record at a time; failures are logged, counted and reported."""

from collections.abc import Callable
from typing import Any, TypeVar

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.typing import LambdaContext

from quorum.runtime.lambda_runtime import logger, metrics

R = TypeVar("R")


def process(
    event: dict[str, Any], context: LambdaContext, kind: EventType, handle: Callable[[R], None]
) -> PartialItemFailureResponse:
    """Pass each record to `handle`; return the sequence numbers of those that raised.

    A batch in which all records fail is also a normal result: an exception would fail the records
    that a retry could still save, and cost the environment.
    """

    def logged(record: R) -> None:
        try:
            handle(record)
        except Exception:
            logger.exception("a record failed")
            raise

    processor = BatchProcessor(event_type=kind, raise_on_entire_batch_failure=False)
    response = process_partial_response(event, logged, processor, context)
    failed = len(response["batchItemFailures"])
    metrics.add_metric(name="RecordsFailed", unit=MetricUnit.Count, value=failed)
    return response
