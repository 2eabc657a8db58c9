"""Who may do what: exactly what the table of needs says, and across no trust boundary."""

import pytest
from aws_cdk import App, Stack

from functions.shared.domain.seats import SEATS
from stacks.functions_table import ROWS
from stacks.policies import own_log_streams, row_needs
from stacks.resource_arns import ResourceArns
from stacks.rows.row import Row
from tests.infrastructure.conftest import Synth
from tests.infrastructure.templates import Grant, grants, statements, text

WRITES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems")
WRITERS = {
    "decisions": {"consensus"},
    "executions": {"executor"},
    "approvals": {"approval"},
    "inventory": {"inventory", "evidence"},
    "view": {"projection"},
    "memory": {"learning"},
    **{f"votes-{seat.name}": {f"seat-{seat.name}"} for seat in SEATS},
}
STREAM = "<table stream>"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_function_is_granted_what_the_table_says_and_no_more(row: Row, synth: Synth) -> None:
    role = synth.role(row.name)
    assert _actual(role) == _wanted(row, synth)
    assert "ManagedPolicyArns" not in role


def test_no_policy_is_attached_beside_the_roles_own(synth: Synth) -> None:
    assert synth.raw("AWS::IAM::Policy") == []
    managed = [p["ManagedPolicyName"] for p in synth.all("AWS::IAM::ManagedPolicy")]
    assert managed == [synth.named("verb-boundary")]


def test_no_action_is_a_wildcard(synth: Synth) -> None:
    for role in synth.all("AWS::IAM::Role"):
        assert not [grant for grant in grants(role) if "*" in grant.action]
        assert not [s for s in statements(role) if "NotAction" in s or "NotResource" in s]


def test_nobody_may_change_or_delete_a_fact(synth: Synth) -> None:
    events = synth.named("events")
    writers = {}
    for role in synth.all("AWS::IAM::Role"):
        allowed = {g.action for g in grants(role) if f"table/{events}" in g.resource}
        writers[role.get("RoleName")] = {a.partition(":")[2] for a in allowed} & set(WRITES)
    assert set().union(*writers.values()) == {"PutItem"}
    seats = {synth.named(f"seat-{seat.name}") for seat in SEATS}
    assert not any(writers[seat] for seat in seats)


@pytest.mark.parametrize("table", sorted(WRITERS))
def test_a_claim_has_its_writers_and_no_others(table: str, synth: Synth) -> None:
    arn = f":table/{synth.named(table)}"
    found = {
        role["RoleName"]
        for role in synth.all("AWS::IAM::Role")
        for grant in grants(role)
        if grant.resource.endswith(arn) and grant.action.partition(":")[2] in WRITES
    }
    assert found == {synth.named(name) for name in WRITERS[table]}


def test_a_seat_sees_no_other_seats_votes(synth: Synth) -> None:
    for seat in SEATS:
        tables = {
            grant.resource.partition(":table/")[2]
            for grant in grants(synth.role(f"seat-{seat.name}"))
            if f"/{synth.named('votes-')}" in grant.resource
        }
        assert tables == {synth.named(f"votes-{seat.name}")}


def test_only_the_approval_function_answers_a_waiting_task(synth: Synth) -> None:
    """The executor reads what was approved, with the token beside it, and cannot use the token."""
    able: dict[str, set[str]] = {}
    for role in synth.all("AWS::IAM::Role"):
        for grant in grants(role):
            if f"table/{synth.named('approvals')}" in grant.resource:
                able.setdefault(grant.action, set()).add(role["RoleName"])
            if grant.action.startswith("states:SendTask"):
                able.setdefault(grant.action, set()).add(role["RoleName"])
    approval, executor = synth.named("approval"), synth.named("executor")
    assert able == {
        "dynamodb:GetItem": {approval, executor},
        "dynamodb:PutItem": {approval},
        "dynamodb:UpdateItem": {approval},
        "states:SendTaskSuccess": {approval},
    }


def test_nobody_may_touch_the_stop_switch_or_anothers_claims(synth: Synth) -> None:
    operations = f":table/{synth.named('operations')}"
    for role in synth.all("AWS::IAM::Role"):
        for grant in grants(role):
            if grant.resource.endswith(operations):
                assert grant.keys, role["RoleName"]
                writes = grant.action.partition(":")[2] in WRITES
                assert not (writes and any(_covers(key, "stop") for key in grant.keys))


def test_a_wildcard_resource_is_only_where_iam_has_none(synth: Synth) -> None:
    unbound = {
        grant.action
        for role in synth.all("AWS::IAM::Role")
        for grant in grants(role)
        if grant.resource == "*"
    }
    assert unbound - {"xray:PutTelemetryRecords", "xray:PutTraceSegments"} <= {
        "application-autoscaling:DescribeScalableTargets",
        "cloudformation:ListStacks",
        "cloudtrail:LookupEvents",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetMetricData",
        "ecs:DescribeTaskDefinition",
        "lambda:GetAccountSettings",
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


def test_the_state_machine_may_call_its_functions_and_only_through_their_aliases(
    synth: Synth,
) -> None:
    called = {g.resource for g in grants(synth.role("incident")) if g.action.startswith("lambda:")}
    assert called
    assert all("Live" in resource for resource in called)


def _actual(role: dict[str, object]) -> set[Grant]:
    """The role's grants, the table's stream under one name: its ARN has a time in it."""
    return {
        grant._replace(resource=STREAM) if "StreamArn" in grant.resource else grant
        for grant in grants(role)
    }


def _wanted(row: Row, synth: Synth) -> set[Grant]:
    arns, stack = ResourceArns(synth.config, STREAM), Stack(App())
    found = {
        Grant(action, text(stack.resolve(arn)), need.keys)
        for need in row_needs(row, arns)
        for action in need.actions
        for arn in arns.of(need.resource)
    }
    streams = text(stack.resolve(own_log_streams(row, arns)))
    return found | {Grant(f"logs:{a}", streams) for a in ("CreateLogStream", "PutLogEvents")}


def _covers(pattern: str, key: str) -> bool:
    return key.startswith(pattern.rstrip("*")) if pattern.endswith("*") else pattern == key
