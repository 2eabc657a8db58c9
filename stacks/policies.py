"""IAM policies, generated from the permissions in the functions table and from nothing else."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from stacks.naming import arn
from stacks.permissions import DEAD_LETTERS, Permission
from stacks.resource_arns import ResourceArns
from stacks.rows.row import Row

TRACES: Final = Permission(("xray:PutTelemetryRecords", "xray:PutTraceSegments"), "any")
MACHINE_TRACES: Final = Permission(
    (*TRACES.actions, "xray:GetSamplingRules", "xray:GetSamplingTargets"), "any"
)
"""A state machine samples by X-Ray's rules itself; for a function, Lambda does."""
_DELIVER_LOGS: Final = (
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
)


def row_policy(row: Row, arns: ResourceArns) -> iam.PolicyDocument:
    """Return the function's policy: its permissions, its own log group, its traces."""
    own_logs = iam.PolicyStatement(
        actions=["logs:CreateLogStream", "logs:PutLogEvents"],
        resources=[own_log_streams(row, arns)],
    )
    return iam.PolicyDocument(statements=[*_statements(row_permissions(row, arns), arns), own_logs])


def row_permissions(row: Row, arns: ResourceArns) -> list[Permission]:
    """Return the row's permissions and those for dead letters and traces."""
    permissions = [
        *row.permissions,
        *([DEAD_LETTERS] if row.asynchronous else []),
        *([TRACES] if arns.config.machinery.traced else []),
    ]
    return list(dict.fromkeys(permissions))


def _statements(
    permissions: Iterable[Permission], arns: ResourceArns
) -> Iterator[iam.PolicyStatement]:
    """Yield a statement per permission; one whose resource is not configured is left out."""
    for permission in permissions:
        resources = arns.of(permission.resource)
        if resources:
            yield iam.PolicyStatement(
                actions=list(permission.actions),
                resources=list(resources),
                conditions=_conditions(permission),
            )


def _conditions(permission: Permission) -> dict[str, dict[str, list[str] | str]] | None:
    if permission.keys:
        return {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(permission.keys)}}
    return via_service(permission.through) if permission.through else None


def via_service(service: str) -> dict[str, dict[str, list[str] | str]]:
    """Return the condition that KMS is called by this service in this region, for the caller."""
    return {"StringEquals": {"kms:ViaService": f"{service}.{Aws.REGION}.{Aws.URL_SUFFIX}"}}


def own_log_streams(row: Row, arns: ResourceArns) -> str:
    """Return the ARN pattern of the streams in the function's own log group."""
    return arn("logs", f"log-group:/aws/lambda/{arns.names.of(row.name)}:*")


def machine_policy(aliases: Sequence[str]) -> iam.PolicyDocument:
    """Return the state machine's policy: call its functions by alias, log and trace."""
    granted = (
        (("lambda:InvokeFunction",), aliases),
        ((*_DELIVER_LOGS, *MACHINE_TRACES.actions), ["*"]),
    )
    return iam.PolicyDocument(
        statements=[
            iam.PolicyStatement(actions=list(actions), resources=list(resources))
            for actions, resources in granted
        ]
    )
