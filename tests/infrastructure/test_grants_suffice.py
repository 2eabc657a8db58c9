"""Permissions that each handler needs, derived from its imports and not from the functions table.

So a permission that is removed from the table fails here before it fails in a run.
"""

import ast
from pathlib import Path

import pytest

from stacks.functions_table import ROWS
from stacks.rows.row import Row
from tests.infrastructure.conftest import Synth
from tests.infrastructure.templates import grants

WIRING = Path("quorum/seats/wiring.py")
Uses = dict[str, tuple[tuple[str, str], ...]]

READS_STATE = (
    ("lambda:GetFunctionConfiguration", ":function:*"),
    ("lambda:GetFunctionConcurrency", ":function:*"),
    ("lambda:GetAlias", ":function:*"),
    ("lambda:GetProvisionedConcurrencyConfig", ":function:*"),
    ("lambda:ListTags", ":function:*"),
    ("lambda:GetAccountSettings", "*"),
    ("ssm:GetParameterHistory", ":parameter/checkout/*"),
    ("ssm:ListTagsForResource", ":parameter/checkout/*"),
    ("dynamodb:DescribeTable", ":table/*"),
    ("ecs:DescribeServices", ":service/*"),
    ("sqs:GetQueueUrl", ":*"),
    ("sqs:GetQueueAttributes", ":*"),
    ("sqs:ListDeadLetterSourceQueues", ":*"),
    ("application-autoscaling:DescribeScalableTargets", "*"),
)
ADAPTERS: Uses = {
    "AwsActuators": (
        *READS_STATE,
        ("ecs:DescribeTaskDefinition", "*"),
        ("sqs:ListMessageMoveTasks", ":*"),
    ),
    "CloudFormationDeployments": (
        ("cloudformation:ListStacks", "*"),
        ("cloudformation:ListStackResources", ":stack/*"),
    ),
    "CloudTrailAuditTrail": (("cloudtrail:LookupEvents", "*"),),
    "CloudWatchAlarms": (("cloudwatch:DescribeAlarms", "*"),),
    "CloudWatchLogs": (("logs:FilterLogEvents", ":log-group:/aws/lambda/*:*"),),
    "CloudWatchMetrics": (("cloudwatch:GetMetricData", "*"),),
    "DynamoDBApprovalStore": (("dynamodb:GetItem", "/quorum-prod-approvals"),),
    "DynamoDBBreakerStore": (("dynamodb:GetItem", "/quorum-prod-operations"),),
    "DynamoDBClosingStore": (("dynamodb:GetItem", "/quorum-prod-closings"),),
    "DynamoDBControlLog": (("dynamodb:Query", "/quorum-prod-overrides"),),
    "DynamoDBControls": (("dynamodb:Query", "/quorum-prod-controls"),),
    "DynamoDBDecisionStore": (("dynamodb:GetItem", "/quorum-prod-decisions"),),
    "DynamoDBEventStore": (("dynamodb:Query", "/quorum-prod-events"),),
    "DynamoDBNotificationStore": (
        ("dynamodb:PutItem", "/quorum-prod-notifications"),
        ("dynamodb:Query", "/quorum-prod-notifications"),
    ),
    "DynamoDBOpeningStore": (("dynamodb:Query", "/quorum-prod-openings"),),
    "DynamoDBSnapshotStore": (
        ("dynamodb:GetItem", "/quorum-prod-inventory"),
        ("dynamodb:PutItem", "/quorum-prod-inventory"),
    ),
    "DynamoDBStopSwitch": (
        ("dynamodb:GetItem", "/quorum-prod-stop"),
        ("dynamodb:GetItem", "/quorum-prod-operations"),
    ),
    "DynamoDBVerdictStore": (("dynamodb:GetItem", "/quorum-prod-verifications"),),
    "KinesisPublisher": (("kinesis:PutRecords", ":stream/quorum-prod-events"),),
    "KmsVerifier": (("kms:GetPublicKey", "quorum-prod-state"),),
    "ChannelMaker": (
        ("ses:SendEmail", ":identity/quorum@example.com"),
        ("secretsmanager:GetSecretValue", ":secret:quorum/slack-??????"),
        ("secretsmanager:GetSecretValue", ":secret:quorum/pagerduty-??????"),
    ),
    "DynamoDBClaims": (("dynamodb:PutItem", "/quorum-prod-operations"),),
    "Recorder": (("dynamodb:PutItem", "/quorum-prod-events"),),
    "SlackReplies": (("secretsmanager:GetSecretValue", ":secret:quorum/slack-??????"),),
    "SqsOutbox": (("sqs:SendMessage", ":quorum-prod-outbox"),),
    "SqsDeadLetters": (("sqs:SendMessage", ":quorum-prod-dead-letters"),),
    "SsmTopology": (("ssm:GetParameter", ":parameter/quorum/service-map"),),
    "StepFunctionsExecutions": (("states:DescribeExecution", ":execution:quorum-prod-incident:*"),),
    "StepFunctionsHistory": (("states:GetExecutionHistory", ":execution:quorum-prod-incident:*"),),
    "StepFunctionsStarter": (("states:StartExecution", ":stateMachine:quorum-prod-incident"),),
    "StepFunctionsTaskTokens": (("states:SendTaskSuccess", "*"),),
    "TaggedAlarms": (("tag:GetResources", "*"),),
    "TagTopology": (("tag:GetResources", "*"),),
    "VerbSessions": (("sts:AssumeRole", ":role/quorum-prod-verb-lambda-rollback-alias"),),
    "aws_state": (*READS_STATE, ("lambda:ListAliases", ":function:*")),
}
"""Permissions that an adapter always needs, by the name that a handler imports."""
OPERATIONS = "/quorum-prod-operations"
OWN_EFFECTS = ("dynamodb:Query", "/quorum-prod-executions/index/by-day")
RECENT_OPENINGS = ("dynamodb:Query", "/quorum-prod-openings/index/by-day")
LOG_BY_STATUS = "/quorum-prod-events/index/by-status"
FUNCTIONS: Uses = {
    "api": (
        ("dynamodb:GetItem", "/quorum-prod-view"),
        ("dynamodb:Query", "/quorum-prod-view/index/by-status"),
        ("dynamodb:Scan", "/quorum-prod-memory"),
        ("dynamodb:GetItem", OPERATIONS),
        ("dynamodb:DeleteItem", OPERATIONS),
        ("dynamodb:PutItem", "/quorum-prod-stop"),
        ("dynamodb:DeleteItem", "/quorum-prod-stop"),
        ("dynamodb:PutItem", "/quorum-prod-overrides"),
        ("lambda:InvokeFunction", ":function:quorum-prod-executor:live"),
        ("s3:GetObject", "/bundles/*"),
        ("s3:GetObject", "/post-mortems/*"),
    ),
    "approval": (
        ("dynamodb:PutItem", "/quorum-prod-approvals"),
        ("dynamodb:UpdateItem", "/quorum-prod-approvals"),
        ("dynamodb:GetItem", "/quorum-prod-executions"),
        ("dynamodb:GetItem", "/quorum-prod-closings"),
        ("s3:GetObject", "/bundles/*"),
        ("secretsmanager:GetSecretValue", ":secret:quorum/slack-??????"),
    ),
    "closing": (
        ("dynamodb:DeleteItem", OPERATIONS),
        ("dynamodb:PutItem", "/quorum-prod-closings"),
        ("dynamodb:GetItem", "/quorum-prod-executions"),
    ),
    "communication": (("dynamodb:PutItem", OPERATIONS),),
    "courier": (
        ("dynamodb:PutItem", OPERATIONS),
        ("sqs:ReceiveMessage", ":quorum-prod-outbox"),
        ("sqs:DeleteMessage", ":quorum-prod-outbox"),
        ("sqs:GetQueueAttributes", ":quorum-prod-outbox"),
    ),
    "consensus": (
        ("dynamodb:PutItem", "/quorum-prod-decisions"),
        ("s3:GetObject", "/bundles/*"),
        ("dynamodb:Query", "/quorum-prod-votes-diagnosis-model"),
    ),
    "evidence": (
        OWN_EFFECTS,
        ("dynamodb:Query", "/quorum-prod-inventory"),
        ("s3:PutObject", "/bundles/*"),
        ("s3:GetObject", "/bundles/*"),
    ),
    "executor": (
        OWN_EFFECTS,
        RECENT_OPENINGS,
        ("dynamodb:GetItem", "/quorum-prod-executions"),
        ("dynamodb:PutItem", "/quorum-prod-executions"),
        ("dynamodb:Query", "/quorum-prod-votes-detection-signature"),
        ("s3:GetObject", "/bundles/*"),
    ),
    "intake": (
        RECENT_OPENINGS,
        ("dynamodb:PutItem", "/quorum-prod-openings"),
        ("dynamodb:GetItem", OPERATIONS),
        ("dynamodb:PutItem", OPERATIONS),
        ("dynamodb:DeleteItem", OPERATIONS),
        ("sqs:ReceiveMessage", ":quorum-prod-alarms"),
        ("sqs:DeleteMessage", ":quorum-prod-alarms"),
        ("sqs:GetQueueAttributes", ":quorum-prod-alarms"),
    ),
    "slack": (
        ("lambda:InvokeFunction", ":function:quorum-prod-approval:live"),
        ("lambda:InvokeFunction", ":function:quorum-prod-slack:live"),
    ),
    "learning": (
        ("dynamodb:PutItem", "/quorum-prod-memory"),
        ("dynamodb:Scan", "/quorum-prod-memory"),
        ("dynamodb:PutItem", "/quorum-prod-controls"),
        ("s3:GetObject", "/bundles/*"),
        ("kinesis:GetRecords", ":stream/quorum-prod-events"),
    ),
    "inventory": (OWN_EFFECTS, ("dynamodb:PutItem", OPERATIONS)),
    "postmortem": (("s3:GetObject", "/bundles/*"), ("s3:PutObject", "/post-mortems/*")),
    "projection": (
        ("kinesis:GetRecords", ":stream/quorum-prod-events"),
        ("dynamodb:PutItem", "/quorum-prod-view"),
    ),
    "publisher": (("dynamodb:GetRecords", "StreamArn"),),
    "seat-diagnosis-history": (("dynamodb:Scan", "/quorum-prod-memory"),),
    "seat-diagnosis-model": (("bedrock:InvokeModel", "inference-profile/eu.anthropic."),),
    "verification": (
        ("s3:GetObject", "/bundles/*"),
        ("dynamodb:GetItem", "/quorum-prod-executions"),
        ("dynamodb:PutItem", "/quorum-prod-verifications"),
    ),
    "warmer": (("lambda:InvokeFunction", ":function:quorum-prod-consensus:live"),),
    "watchdog": (
        ("dynamodb:Query", LOG_BY_STATUS),
        ("dynamodb:Query", "/quorum-prod-openings/index/by-day"),
        ("dynamodb:GetItem", OPERATIONS),
        ("lambda:InvokeFunction", ":function:quorum-prod-closing:live"),
    ),
}
"""Further permissions by function, for the operations that it uses of its adapters."""
NOT_OF_EVERY_SEAT = {"BedrockModel", "DynamoDBBreakerStore", "DynamoDBMemory", "KmsVerifier"}
"""A seat reads its own public key by its key's policy, not by a grant of its role."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_role_grants_the_actions_of_the_handlers_adapters(row: Row, prod: Synth) -> None:
    held = grants(prod.role(row.name))
    for action, resource in _uses(row):
        granted = [g.resource for g in held if g.action == action]
        assert any(resource in found for found in granted), (action, resource)


def _uses(row: Row) -> list[tuple[str, str]]:
    handler = Path("functions", row.package, "handler.py")
    own = f"/quorum-prod-votes-{row.seat.name}" if row.seat else ""
    seats = [("dynamodb:PutItem", own), ("dynamodb:Query", own)] if row.seat else []
    wired = _imports(handler) - (NOT_OF_EVERY_SEAT if row.seat else set())
    adapters = [use for name in wired for use in ADAPTERS.get(name, ())]
    return [*adapters, *FUNCTIONS.get(row.name, ()), *seats]


def _imports(handler: Path) -> set[str]:
    found = [n for n in ast.parse(handler.read_text()).body if isinstance(n, ast.ImportFrom)]
    shared = [WIRING for node in found if node.module == "quorum.seats.wiring"]
    names = {alias.name for node in found for alias in node.names}
    return names.union(*map(_imports, shared))
