"""Notification channels: secrets, callers, the outbox, and Slack's request URL."""

import json
from pathlib import Path

import pytest

from stacks.config import Config
from stacks.functions_table import ROWS
from stacks.resource_arns import ResourceArns
from tests.infrastructure.conftest import OPENED, Synth, synthesise
from tests.infrastructure.templates import grants, text

READERS = {
    "approval": {"quorum/slack"},
    "communication": {"quorum/slack", "quorum/pagerduty"},
    "courier": {"quorum/slack", "quorum/pagerduty"},
    "slack": {"quorum/slack"},
}


def test_channel_secrets_are_read_by_their_listed_readers_only(prod: Synth) -> None:
    for row in ROWS:
        read = {
            grant.resource.partition(":secret:")[2].removesuffix("-??????")
            for grant in grants(prod.role(row.name))
            if grant.action == "secretsmanager:GetSecretValue"
        }
        assert read == READERS.get(row.name, set()), row.name


def test_the_slack_function_invokes_only_approval_and_itself(prod: Synth) -> None:
    held = grants(prod.role("slack"))
    called = {g.resource.partition(":function:")[2] for g in held if g.action.startswith("lambda:")}
    assert called == {"quorum-prod-approval:live", "quorum-prod-slack:live"}
    assert not [g for g in held if "approvals" in g.resource]
    assert not [g for g in held if g.action.startswith(("states:", "kms:"))]


def test_only_the_slack_function_has_a_url_and_only_as_a_channel(prod: Synth, dev: Synth) -> None:
    (url,) = prod.all("AWS::Lambda::Url")
    assert "slack" in text(url["TargetFunctionArn"]).lower()
    assert dev.all("AWS::Lambda::Url") == []


def test_the_outbox_is_read_in_batches_by_two_couriers(synth: Synth) -> None:
    (mapping,) = [
        found
        for found in synth.all("AWS::Lambda::EventSourceMapping")
        if "Outbox" in text(found["EventSourceArn"])
    ]
    assert (mapping["BatchSize"], mapping["MaximumBatchingWindowInSeconds"]) == (100, 1)
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
    queue = next(q for q in synth.all("AWS::SQS::Queue") if q["QueueName"] == synth.named("outbox"))
    assert queue["VisibilityTimeout"] >= synth.function("courier")["Timeout"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5


def test_notifications_table_is_written_by_its_senders_only(synth: Synth) -> None:
    writers: dict[str, set[str]] = {}
    for role in synth.all("AWS::IAM::Role"):
        for grant in grants(role):
            if f"table/{synth.named('notifications')}" in grant.resource:
                writers.setdefault(grant.action, set()).add(role["RoleName"])
    senders = {synth.named("communication"), synth.named("courier")}
    assert writers == {"dynamodb:PutItem": senders, "dynamodb:Query": senders}


@pytest.mark.parametrize("name", ["communication", "courier"])
def test_senders_write_only_channel_rates_and_breakers_of_the_operations_table(
    synth: Synth, name: str
) -> None:
    keys = {
        key
        for grant in grants(synth.role(name))
        if f"table/{synth.named('operations')}" in grant.resource
        for key in grant.keys
    }
    channels = {"slack", "pagerduty", "email", "webhook"}
    assert keys == {"rate#channel#*", *(f"breaker#{channel}" for channel in channels)}


def test_the_watchdog_writes_only_its_own_claims_and_closes_by_the_closing_function(
    synth: Synth,
) -> None:
    held = grants(synth.role("watchdog"))
    claimed = {g.keys for g in held if f"table/{synth.named('operations')}" in g.resource}
    assert claimed == {("bark#*",)}
    assert not [g for g in held if g.action in {"dynamodb:DeleteItem", "dynamodb:UpdateItem"}]
    called = {g.resource.partition(":function:")[2] for g in held if g.action.startswith("lambda:")}
    assert called == {f"{synth.named('closing')}:live"}
    assert f":table/{synth.named('closings')}" not in {
        g.resource for g in held if g.action == "dynamodb:PutItem"
    }


def test_on_aws_only_the_senders_roles_may_send_to_the_outbox(prod: Synth, dev: Synth) -> None:
    for synth in (prod, dev):
        denied = [
            statement
            for policy in synth.all("AWS::SQS::QueuePolicy")
            if "Outbox" in json.dumps(policy["Queues"])
            for statement in policy["PolicyDocument"]["Statement"]
            if statement.get("Sid") == "OurFunctionsAlone"
        ]
        [statement] = denied
        assert (statement["Effect"], statement["Principal"]) == ("Deny", {"AWS": "*"})
        assert statement["Action"] == "sqs:SendMessage"
        senders = {
            text(role).partition(":role/")[2]
            for role in statement["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]
        }
        named = {"communication", "watchdog", "publisher"}
        assert senders == {synth.named(name) for name in named}
        able = {
            role["RoleName"]
            for role in synth.all("AWS::IAM::Role")
            for grant in grants(role)
            if grant.action == "sqs:SendMessage" and grant.resource.endswith("-outbox")
        }
        assert able == senders


def test_the_slack_function_has_reserved_concurrency(prod: Synth, dev: Synth) -> None:
    """Requests to its URL cannot use up the concurrency of executor, seats and production."""
    assert prod.function("slack")["ReservedConcurrentExecutions"] == 5
    reserved = [f for f in prod.all("AWS::Lambda::Function") if "ReservedConcurrentExecutions" in f]
    assert len(reserved) == 1
    assert "ReservedConcurrentExecutions" not in dev.function("slack"), "it has no URL there"


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("context", "expected"),
    [({"door_concurrency": 0}, None), ({"door_concurrency": 9}, 9), ({"stage": "local"}, None)],
)
def test_the_slack_functions_reserved_concurrency_is_configurable(
    tmp_path: Path, context: dict[str, object], expected: int | None
) -> None:
    config = Config.from_context({"stage": "dev", **OPENED, **context})

    slack = synthesise(config, tmp_path).function("slack")

    assert slack.get("ReservedConcurrentExecutions") == expected


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("environments", "note"),
    [(5, "5 reserved for slack, 100"), (0, "can use up the account's concurrency")],
)
def test_synth_warns_about_the_reserved_concurrency(
    tmp_path: Path, environments: int, note: str
) -> None:
    config = Config.from_context({"stage": "dev", **OPENED, "door_concurrency": environments})

    synthesise(config, tmp_path)

    assert any(note in found.read_text() for found in tmp_path.glob("*.json"))


@pytest.mark.parametrize("name", ["communication", "courier"])
def test_messages_link_to_the_apis_own_console_on_aws(dev: Synth, local: Synth, name: str) -> None:
    url = dev.function(name)["Environment"]["Variables"]["CONSOLE_URL"]

    assert url == dev.pipeline["Outputs"]["Console"]["Value"]
    assert local.function(name)["Environment"]["Variables"]["CONSOLE_URL"] == ""


@pytest.mark.usefixtures("unchecked")
def test_messages_link_to_the_configured_console(tmp_path: Path) -> None:
    config = Config.from_context({"stage": "dev", "console_url": "https://quorum.example.com"})

    variables = synthesise(config, tmp_path).function("courier")["Environment"]["Variables"]

    assert variables["CONSOLE_URL"] == "https://quorum.example.com"


def test_mail_is_sent_as_the_address_or_a_domain_above_it() -> None:
    context = {"mail_from": "quorum@alerts.eu.example.com", "mail_to": ["on-call@example.com"]}
    found = ResourceArns(Config.from_context(context)).of("identity")

    assert [arn.rpartition(":")[2] for arn in found] == [
        "identity/quorum@alerts.eu.example.com",
        "identity/alerts.eu.example.com",
        "identity/eu.example.com",
        "identity/example.com",
        "configuration-set/*",
    ]
