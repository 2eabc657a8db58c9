"""How people are reached: who may read which secret, who may call whom, and what is not open."""

from stacks.functions_table import ROWS
from tests.infrastructure.conftest import Synth
from tests.infrastructure.templates import grants, text

READERS = {
    "approval": {"quorum/slack"},
    "communication": {"quorum/slack", "quorum/pagerduty"},
    "courier": {"quorum/slack", "quorum/pagerduty"},
    "slack": {"quorum/slack"},
}


def test_a_secret_is_read_by_those_who_need_it_and_by_nobody_else(prod: Synth) -> None:
    for row in ROWS:
        read = {
            grant.resource.partition(":secret:")[2].removesuffix("-??????")
            for grant in grants(prod.role(row.name))
            if grant.action == "secretsmanager:GetSecretValue"
        }
        assert read == READERS.get(row.name, set()), row.name


def test_slacks_function_calls_the_approval_function_and_itself_and_no_other(prod: Synth) -> None:
    held = grants(prod.role("slack"))
    called = {g.resource.partition(":function:")[2] for g in held if g.action.startswith("lambda:")}
    assert called == {"quorum-prod-approval:live", "quorum-prod-slack:live"}
    assert not [g for g in held if "approvals" in g.resource]
    assert not [g for g in held if g.action.startswith(("states:", "kms:"))]


def test_only_slack_has_a_door_and_only_where_it_is_a_channel(prod: Synth, dev: Synth) -> None:
    (url,) = prod.all("AWS::Lambda::Url")
    assert "slack" in text(url["TargetFunctionArn"]).lower()
    assert dev.all("AWS::Lambda::Url") == []


def test_what_waits_is_taken_together_by_few(synth: Synth) -> None:
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
