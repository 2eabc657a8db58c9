"""Roles have exactly the permissions of the functions table."""

import pytest
from aws_cdk import App, Stack

from stacks.functions_table import ROWS
from stacks.policies import own_log_streams, row_permissions
from stacks.resource_arns import ResourceArns
from stacks.rows.row import Row
from tests.infrastructure.conftest import Synth
from tests.infrastructure.templates import Grant, grants, statements, text

STREAM = "<table stream>"
TRACING = {
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_functions_grants_are_exactly_the_tables_permissions(row: Row, synth: Synth) -> None:
    role = synth.role(row.name)
    assert _actual(role, synth.imported_keys()) == _wanted(row, synth)
    assert "ManagedPolicyArns" not in role


def test_roles_have_no_attached_policies(synth: Synth) -> None:
    assert synth.raw("AWS::IAM::Policy") == []
    managed = [p["ManagedPolicyName"] for p in synth.all("AWS::IAM::ManagedPolicy")]
    assert managed == [synth.named("verb-boundary")]


def test_no_action_is_a_wildcard(synth: Synth) -> None:
    for role in synth.all("AWS::IAM::Role"):
        assert not [grant for grant in grants(role) if "*" in grant.action]
        assert not [s for s in statements(role) if "NotAction" in s or "NotResource" in s]


def test_only_the_state_machine_samples_traces_by_x_rays_rules(synth: Synth) -> None:
    sampling = {one for one in TRACING if ":GetSampling" in one}
    allowed = {
        role["RoleName"]: sampling & {grant.action for grant in grants(role)}
        for role in synth.all("AWS::IAM::Role")
        if "RoleName" in role
    }
    assert {name for name, found in allowed.items() if found} == {synth.named("incident")}
    assert allowed[synth.named("incident")] == sampling


def test_wildcard_resources_are_only_for_actions_without_resource_level_permissions(
    synth: Synth,
) -> None:
    unbound = {
        grant.action
        for role in synth.all("AWS::IAM::Role")
        for grant in grants(role)
        if grant.resource == "*"
    }
    assert unbound - TRACING <= {
        "application-autoscaling:DescribeScalableTargets",
        "cloudformation:ListStacks",
        "cloudtrail:LookupEvents",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetMetricData",
        "dynamodb:ListStreams",
        "ecs:DescribeTaskDefinition",
        "lambda:GetAccountSettings",
        "lambda:ListEventSourceMappings",
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
        "states:SendTaskSuccess",
        "tag:GetResources",
    }


def test_the_state_machine_may_invoke_functions_only_by_alias(
    synth: Synth,
) -> None:
    called = {g.resource for g in grants(synth.role("incident")) if g.action.startswith("lambda:")}
    assert called
    assert all("Live" in resource for resource in called)


def _actual(role: dict[str, object], keys: dict[str, str]) -> set[Grant]:
    """Return the role's grants, with keys by signer and one name for the table's stream."""
    found = {
        grant._replace(resource=keys.get(grant.resource, grant.resource)) for grant in grants(role)
    }
    return {g._replace(resource=STREAM) if "StreamArn" in g.resource else g for g in found}


def _wanted(row: Row, synth: Synth) -> set[Grant]:
    keys = {row.name: synth.named(row.name) for row in ROWS if row.signs}
    arns, stack = ResourceArns(synth.config, STREAM, keys), Stack(App())
    found = {
        Grant(action, text(stack.resolve(arn)), permission.keys)
        for permission in row_permissions(row, arns)
        for action in permission.actions
        for arn in arns.of(permission.resource)
    }
    streams = text(stack.resolve(own_log_streams(row, arns)))
    return found | {Grant(f"logs:{a}", streams) for a in ("CreateLogStream", "PutLogEvents")}
