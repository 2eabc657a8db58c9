"""A resolution seat as a function; SEAT says which."""

from typing import Any, Final

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from functions.resolution.methods import METHODS
from functions.shared.adapters.bedrock_model import BedrockModel
from functions.shared.adapters.dynamodb_ballot_box import DynamoDBBallotBox
from functions.shared.adapters.dynamodb_breaker_store import DynamoDBBreakerStore
from functions.shared.adapters.dynamodb_event_store import DynamoDBEventStore
from functions.shared.adapters.kms_signer import KmsSigner
from functions.shared.adapters.kms_verifier import KmsVerifier
from functions.shared.adapters.s3_evidence_store import S3EvidenceStore
from functions.shared.analysis.guarded_model import GuardedModel
from functions.shared.resilience import Breaker
from functions.shared.runtime import AWS_CONFIG, Settings, entry, metrics, utc_now
from functions.shared.seating import Deps, SeatAnswer, Seating


class ResolutionSettings(Settings):
    """What the stacks set."""

    SEAT: str
    EVENTS_TABLE: str
    VOTES_TABLE: str
    SIGNING_KEY: str
    EVIDENCE_BUCKET: str
    OPERATIONS_TABLE: str
    MODEL_ID: str
    MODEL_REGION: str


settings: Final = ResolutionSettings.from_env()
_ONCE: Final = AWS_CONFIG.merge(Config(retries={"mode": "standard", "total_max_attempts": 1}))
"""The state machine retries a model, within the tier's time; a hidden retry would exceed it."""
_kms: Final = boto3.client("kms", config=AWS_CONFIG)
_dynamodb: Final = boto3.resource("dynamodb", config=AWS_CONFIG)
_votes: Final = _dynamodb.Table(settings.VOTES_TABLE)


def _model() -> GuardedModel | None:
    """Return the configured model behind this seat's breaker, or None."""
    if not settings.MODEL_ID:
        return None
    client = boto3.client("bedrock-runtime", region_name=settings.MODEL_REGION, config=_ONCE)
    breakers = DynamoDBBreakerStore(_dynamodb.Table(settings.OPERATIONS_TABLE))
    breaker = Breaker(f"model-{settings.SEAT}", breakers, now=utc_now)
    return GuardedModel(BedrockModel(client, settings.MODEL_ID), breaker)


seating: Final = Seating(
    seat=settings.SEAT,
    methods=METHODS,
    store=DynamoDBEventStore(_dynamodb.Table(settings.EVENTS_TABLE)),
    evidence=S3EvidenceStore(boto3.client("s3", config=AWS_CONFIG), settings.EVIDENCE_BUCKET),
    box=DynamoDBBallotBox(lambda _seat: _votes),
    signer=KmsSigner(_kms, settings.SIGNING_KEY),
    verifier=KmsVerifier(_kms, {settings.SEAT: settings.SIGNING_KEY}),
    now=utc_now,
    deps=Deps(model=_model()),
)


@entry
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> SeatAnswer:
    """Return the seat's answer for the round; see `Seating.answer` for the errors."""
    metrics.add_metric(name="SeatAsked", unit=MetricUnit.Count, value=1)
    found = seating.answer(event)
    name = "SeatVoted" if found["action"] else "SeatAbstained"
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)
    return found
