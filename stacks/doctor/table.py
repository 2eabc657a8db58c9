"""The table of checks, in the order in which they run."""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from quorum.domain.errors import QuorumError
from stacks.doctor import (
    account,
    coverage,
    deployment,
    model,
    notifications,
    people,
    quotas,
    roles,
)
from stacks.doctor.check import NOT_DEPLOYED, Check, ok, unknown
from stacks.doctor.refused import as_check
from stacks.doctor.subject import Subject
from stacks.permissions import read_settings


class Row(NamedTuple):
    """A check: what it finds, the IAM actions that it calls, and its function."""

    name: str
    finds: str
    actions: tuple[str, ...]
    run: Callable[[Subject], Iterator[Check]]
    deployed: bool = False
    """Needs deployed stacks."""


CHECKS: Final = (
    Row(
        "account",
        "credentials that STS refuses",
        ("sts:GetCallerIdentity",),
        account.identity,
    ),
    Row("clock", "a local clock that is off by more than signatures allow", (), account.time),
    Row("region", "services that the region or partition lacks", (), account.region),
    Row(
        "quota of concurrent executions",
        "a quota below what the stacks set aside, or too low for seats in parallel",
        ("lambda:GetAccountSettings",),
        quotas.lambda_concurrency,
    ),
    Row(
        "quotas",
        "no room for EventBridge rules, KMS keys or state machines",
        (
            "servicequotas:ListServiceQuotas",
            "events:ListRules",
            "kms:ListKeys",
            "states:ListStateMachines",
        ),
        quotas.resources,
    ),
    Row(
        "CDK bootstrap",
        "a region that is not bootstrapped, or by too old a version",
        ("ssm:GetParameter",),
        deployment.bootstrap,
    ),
    Row(
        "model",
        "a model at or within 90 days of its end of life, or without access; only if configured",
        (
            "bedrock:GetInferenceProfile",
            "bedrock:GetFoundationModel",
            "bedrock:GetFoundationModelAvailability",
        ),
        model.model,
    ),
    Row(
        "mail",
        "a sender, and in the sandbox a recipient, that SES has not verified",
        ("ses:GetAccount", "ses:GetEmailIdentity"),
        notifications.mail,
    ),
    Row(
        "channels' secrets",
        "a secret that does not exist, or whose fields do not fit",
        ("secretsmanager:GetSecretValue",),
        notifications.secrets,
    ),
    Row(
        "people",
        "fewer people than the rules need, or one without an identity on a channel",
        (),
        people.people,
    ),
    Row(
        "stacks",
        "a failed deployment, and drift; `--drift` starts a new detection",
        (
            "cloudformation:DescribeStacks",
            "cloudformation:DetectStackDrift",
            "cloudformation:DescribeStackDriftDetectionStatus",
        ),
        deployment.stacks,
    ),
    Row(
        "accounts",
        "people without an account in the console's user pool",
        ("cognito-idp:ListUserPools", "cognito-idp:ListUsers"),
        people.accounts,
        deployed=True,
    ),
    Row(
        "subscriptions",
        "addresses that have not confirmed that they receive the own alarms",
        ("sns:ListSubscriptionsByTopic",),
        notifications.subscriptions,
        deployed=True,
    ),
    Row(
        "roles",
        "a role that allows less or more than its row",
        ("iam:SimulatePrincipalPolicy", "kms:DescribeKey", "dynamodb:DescribeTable"),
        roles.roles,
        deployed=True,
    ),
    Row(
        "own alarms",
        "an alarm on Quorum itself that fires, is missing, or whose actions are disabled",
        ("cloudwatch:DescribeAlarms",),
        deployment.own_alarms,
        deployed=True,
    ),
    Row(
        "dead letters",
        "messages that could not be processed",
        ("sqs:GetQueueUrl", "sqs:GetQueueAttributes"),
        deployment.dead_letters,
        deployed=True,
    ),
    Row(
        "test messages",
        "a channel that refuses a message; only with `--send-test`",
        ("secretsmanager:GetSecretValue", "ses:SendEmail"),
        notifications.sent_messages,
    ),
    Row(
        "coverage",
        "opted-in alarms without resource, dependencies, signals, settings or logs",
        (
            "cloudwatch:DescribeAlarms",
            "cloudwatch:DescribeAlarmHistory",
            "cloudwatch:ListMetrics",
            "cloudwatch:ListTagsForResource",
            "tag:GetResources",
            "ssm:GetParameter",
            "logs:DescribeLogGroups",
            *(
                action
                for one in read_settings(function=("lambda:ListAliases",))
                for action in one.actions
            ),
        ),
        coverage.coverage,
    ),
)


def examine(row: Row, subject: Subject) -> list[Check]:
    """Return the row's checks; a refused permission or an unreachable service is `unknown`."""
    if row.deployed and subject.deployed is None:
        action = "cloudformation:DescribeStacks"
        return [unknown(row.name, f"not permitted to read it: {action}", f"Allow {action}")]
    if row.deployed and not subject.deployed:
        return [ok(row.name, NOT_DEPLOYED)]
    found: list[Check] = []
    try:
        for one in row.run(subject):
            found.append(one)  # noqa: PERF402 - keeps what precedes a failure
    except (ClientError, BotoCoreError, QuorumError) as failure:
        found.append(as_check(row.name, failure, row.actions))
    return found
