"""Wiring of the function that writes the post-mortem with its receipt."""

from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import Field

from functions.postmortem.receipt import Rates
from functions.postmortem.writer import PostMortemWriter
from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.table import tables
from quorum.adapters.workflow.step_functions_history import StepFunctionsHistory
from quorum.application.recorder import Recorder
from quorum.runtime.lambda_runtime import AWS_CONFIG, Settings, entry, metrics, new_id, utc_now


class PostmortemSettings(Settings):
    """Environment variables. FUNCTION_MEMORY is {function: MB}, MODEL_ID the seats' model."""

    EVENTS_TABLE: str
    EVIDENCE_BUCKET: str
    FUNCTION_MEMORY: dict[str, int] = Field(default_factory=dict)
    MODEL_ID: str = ""


settings = PostmortemSettings.from_env()
table = tables(AWS_CONFIG)(settings.EVENTS_TABLE)
writer = PostMortemWriter(
    recorder=Recorder(DynamoDBEventStore(table), now=utc_now, new_id=new_id),
    evidence=S3EvidenceStore(boto3.client("s3", config=AWS_CONFIG), settings.EVIDENCE_BUCKET),
    history=StepFunctionsHistory(boto3.client("stepfunctions", config=AWS_CONFIG)),
    rates=Rates(memory=settings.FUNCTION_MEMORY, model_id=settings.MODEL_ID),
)


@entry
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Return {"key"}: the report's key in the evidence bucket."""
    written = writer.write(event)
    cost = written.cost_microdollars
    metrics.add_metric(name="IncidentMicrodollars", unit=MetricUnit.Count, value=cost)
    return {"key": written.key}
