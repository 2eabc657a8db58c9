"""The wiring of the seats' handlers: identical except for their methods and dependencies."""

from collections.abc import Mapping
from typing import Any, Final

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.dynamodb.ballot_box import DynamoDBBallotBox
from quorum.adapters.dynamodb.breaker_store import DynamoDBBreakerStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.table import Tables
from quorum.adapters.dynamodb.token_budget import DynamoDBTokenBudget
from quorum.adapters.llm.bedrock_model import BedrockModel
from quorum.adapters.signing.kms_signer import KmsSigner
from quorum.adapters.signing.kms_verifier import KmsVerifier
from quorum.application.circuit_breaker import Breaker
from quorum.runtime.lambda_runtime import AWS_CONFIG, Handler, Settings, entry, metrics, utc_now
from quorum.seats.llm.budgeted_model import BudgetedModel
from quorum.seats.llm.guarded_model import GuardedModel
from quorum.seats.seat import Deps, Method, SeatAnswer, SeatVoter

_NO_RETRIES: Final = AWS_CONFIG.merge(Config(retries={"mode": "standard", "total_max_attempts": 1}))
"""The state machine retries model calls within the tier's time; hidden retries would exceed it."""


class SeatSettings(Settings):
    """Environment variables of every seat."""

    SEAT: str
    EVENTS_TABLE: str
    VOTES_TABLE: str
    SIGNING_KEY: str
    EVIDENCE_BUCKET: str


class ModelSeatSettings(SeatSettings):
    """Additional variables of seats with a language model; an empty MODEL_ID means none."""

    OPERATIONS_TABLE: str
    MODEL_ID: str
    MODEL_REGION: str
    MODEL_DAILY_TOKENS: int


def configured_model(settings: ModelSeatSettings, table: Tables) -> BudgetedModel | None:
    """Return the configured model behind this seat's breaker and within its budget, or None."""
    if not settings.MODEL_ID:
        return None
    client = boto3.client("bedrock-runtime", region_name=settings.MODEL_REGION, config=_NO_RETRIES)
    operations, name = table(settings.OPERATIONS_TABLE), f"model-{settings.SEAT}"
    breaker = Breaker(name, DynamoDBBreakerStore(operations), now=utc_now)
    return BudgetedModel(
        GuardedModel(BedrockModel(client, settings.MODEL_ID), breaker),
        DynamoDBTokenBudget(operations),
        spender=name,
        most=settings.MODEL_DAILY_TOKENS,
        now=utc_now,
        over=lambda: metrics.add_metric("ModelBudgetUsedUp", MetricUnit.Count, 1),
    )


def build_seat(
    settings: SeatSettings, table: Tables, methods: Mapping[str, Method], deps: Deps
) -> SeatVoter:
    """Return the seat with its tables, the evidence store and the clock."""
    votes, kms = table(settings.VOTES_TABLE), boto3.client("kms", config=AWS_CONFIG)
    return SeatVoter(
        seat=settings.SEAT,
        methods=methods,
        store=DynamoDBEventStore(table(settings.EVENTS_TABLE)),
        evidence=S3EvidenceStore(boto3.client("s3", config=AWS_CONFIG), settings.EVIDENCE_BUCKET),
        box=DynamoDBBallotBox(lambda _seat: votes),
        signer=KmsSigner(kms, settings.SIGNING_KEY),
        verifier=KmsVerifier(kms, {settings.SEAT: settings.SIGNING_KEY}),
        now=utc_now,
        deps=deps,
    )


def seat_handler(seating: SeatVoter) -> Handler:
    """Return the Lambda handler of the seat."""

    @entry
    def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> SeatAnswer:
        """Return the seat's answer for the round; see `SeatVoter.answer` for the errors."""
        metrics.add_metric(name="SeatAsked", unit=MetricUnit.Count, value=1)
        answer = seating.answer(event)
        name = "SeatVoted" if answer["action"] else "SeatAbstained"
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)
        return answer

    return lambda_handler
