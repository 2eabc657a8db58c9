"""The one place where needs become IAM statements."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from aws_cdk import aws_iam as iam

from stacks.naming import arn
from stacks.needs import DEAD_LETTERS, Need
from stacks.resource_arns import ResourceArns
from stacks.rows.row import Row

TRACES: Final = Need(("xray:PutTelemetryRecords", "xray:PutTraceSegments"), "any")
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
    """Return all that the function may do: its needs, its own log group, its traces."""
    own_logs = iam.PolicyStatement(
        actions=["logs:CreateLogStream", "logs:PutLogEvents"],
        resources=[own_log_streams(row, arns)],
    )
    return iam.PolicyDocument(statements=[*_statements(row_needs(row, arns), arns), own_logs])


def row_needs(row: Row, arns: ResourceArns) -> list[Need]:
    """Return the row's needs and those that follow from how it runs."""
    needs = [
        *row.needs,
        *([DEAD_LETTERS] if row.asynchronous else []),
        *([TRACES] if arns.config.machinery.traced else []),
    ]
    return list(dict.fromkeys(needs))


def _statements(needs: Iterable[Need], arns: ResourceArns) -> Iterator[iam.PolicyStatement]:
    """Yield a statement per need; a need on nothing that is configured grants nothing."""
    for need in needs:
        resources = arns.of(need.resource)
        if resources:
            yield iam.PolicyStatement(
                actions=list(need.actions), resources=list(resources), conditions=_conditions(need)
            )


def _conditions(need: Need) -> dict[str, dict[str, list[str]]] | None:
    if not need.keys:
        return None
    return {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(need.keys)}}


def own_log_streams(row: Row, arns: ResourceArns) -> str:
    """Return the ARN pattern of the streams in the function's own log group."""
    return arn("logs", f"log-group:/aws/lambda/{arns.names.of(row.name)}:*")


def machine_policy(aliases: Sequence[str]) -> iam.PolicyDocument:
    """Return what the state machine may do: call its functions by alias, log and trace."""
    needs = ((("lambda:InvokeFunction",), aliases), ((*_DELIVER_LOGS, *TRACES.actions), ["*"]))
    return iam.PolicyDocument(
        statements=[
            iam.PolicyStatement(actions=list(actions), resources=list(resources))
            for actions, resources in needs
        ]
    )
