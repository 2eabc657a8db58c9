"""Lambda handler of the HTTP API and the console."""

from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from urllib3 import PoolManager

from functions.api.callers import Callers
from functions.api.console.aws_links import aws_console
from functions.api.dependencies import ApiDependencies
from functions.api.routes.application import Application
from quorum.adapters.aws.lambda_functions import LambdaFunctions
from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.dynamodb.ballot_box import DynamoDBBallotBox
from quorum.adapters.dynamodb.breaker_store import DynamoDBBreakerStore
from quorum.adapters.dynamodb.control_log import DynamoDBControlLog
from quorum.adapters.dynamodb.controls import DynamoDBControls
from quorum.adapters.dynamodb.coverage_store import DynamoDBCoverageStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.memory import DynamoDBMemory
from quorum.adapters.dynamodb.read_model import DynamoDBReadModel
from quorum.adapters.dynamodb.stop_switch import DynamoDBStopSwitch
from quorum.adapters.dynamodb.table import tables
from quorum.adapters.signing.jwt_tokens import JwtTokens
from quorum.adapters.signing.kms_verifier import KmsVerifier
from quorum.application.equivocation import Suspensions
from quorum.domain.autonomy import Rule
from quorum.domain.people import People
from quorum.domain.token_claims import Audience
from quorum.runtime.lambda_runtime import AWS_CONFIG, Settings, entry, metrics, utc_now


class ApiSettings(Settings):
    """Environment variables that the stacks set."""

    EVENTS_TABLE: str
    VIEW_TABLE: str
    MEMORY_TABLE: str
    OPERATIONS_TABLE: str
    STOP_TABLE: str
    OVERRIDES_TABLE: str
    CONTROLS_TABLE: str
    SEAT_KEYS: dict[str, str]
    APPROVAL_ARN: str
    EXECUTOR_ARN: str
    VOTES_TABLE_PREFIX: str
    EVIDENCE_BUCKET: str
    AUTONOMY: tuple[Rule, ...]
    PEOPLE: People
    TOKEN_ISSUER: str
    TOKEN_CLIENT: str
    STAGE: str
    PARTITION: str
    REGION: str
    ACCOUNT: str


settings = ApiSettings.from_env()
table = tables(AWS_CONFIG)
operations_table = table(settings.OPERATIONS_TABLE)
control_log = DynamoDBControlLog(table(settings.OVERRIDES_TABLE))
application = Application(
    ApiDependencies(
        views=DynamoDBReadModel(table(settings.VIEW_TABLE)),
        store=DynamoDBEventStore(table(settings.EVENTS_TABLE)),
        evidence=S3EvidenceStore(boto3.client("s3", config=AWS_CONFIG), settings.EVIDENCE_BUCKET),
        ballots=DynamoDBBallotBox(lambda seat: table(settings.VOTES_TABLE_PREFIX + seat)),
        breakers=DynamoDBBreakerStore(operations_table),
        coverage=DynamoDBCoverageStore(operations_table),
        stop=DynamoDBStopSwitch(table(settings.STOP_TABLE), operations_table),
        memory=DynamoDBMemory(table(settings.MEMORY_TABLE)),
        control_log=control_log,
        suspensions=Suspensions(DynamoDBControls(table(settings.CONTROLS_TABLE)), control_log),
        verifier=KmsVerifier(boto3.client("kms", config=AWS_CONFIG), settings.SEAT_KEYS),
        functions=LambdaFunctions(boto3.client("lambda", config=AWS_CONFIG)),
        approval=settings.APPROVAL_ARN,
        executor=settings.EXECUTOR_ARN,
        callers=Callers(
            settings.PEOPLE,
            JwtTokens(settings.TOKEN_ISSUER, PoolManager(), utc_now),
            Audience(settings.TOKEN_ISSUER, settings.TOKEN_CLIENT),
            utc_now,
        ),
        rules=settings.AUTONOMY,
        aws=aws_console(settings.STAGE, settings.PARTITION, settings.REGION, settings.ACCOUNT),
        now=utc_now,
    )
)


@entry
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Return the response to an event of an API Gateway HTTP API."""
    answer = application.answer(event, context)
    name = f"Answered_{answer['statusCode'] // 100}xx"
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)
    return answer
