"""Stores that guard an action have one writer; a second writer fails the build."""

import copy

import pytest

from quorum.domain.trust import STORES, Store
from tests.attacks.cloud.deployed import Deployed
from tests.attacks.cloud.writers import resource_policies, writers
from tests.attacks.trusting import misleads
from tests.infrastructure.conftest import Synth

MANAGED = {"service-role/AWSBackupServiceRolePolicyForBackup"}
"""AWS managed policy of the backup role, on no function's role; it cannot restore backups."""


@pytest.mark.parametrize("store", STORES, ids=lambda store: store.key)
def test_a_store_that_guards_an_action_has_one_writer(store: Store, synth: Synth) -> None:
    kind, _, name = store.key.partition(":")
    if kind == "objects":
        assert misleads(Deployed(synth)) == {store.writer}
    else:
        table = f"votes-{name}" if kind == "votes" else name
        assert writers(Deployed(synth), table) == {store.writer}


def test_no_table_has_a_resource_policy(synth: Synth) -> None:
    assert resource_policies(Deployed(synth)) == {}


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("dynamodb:BatchWriteItem", "arn:aws:dynamodb:*:*:table/quorum-*"),
        ("dynamodb:*", "*"),
        ("*", "*"),
        ("dynamodb:Update?tem", "arn:aws:dynamodb:eu-central-1:000000000000:table/*-decisions"),
        ("dynamodb:TransactWriteItems", "*decisions"),
        ("DynamoDB:deleteitem", "*"),
    ],
)
def test_a_second_writer_is_detected_in_any_spelling(
    action: str, resource: str, dev: Synth
) -> None:
    template = copy.deepcopy(dev.pipeline)
    role = next(
        r["Properties"]
        for r in template["Resources"].values()
        if r["Type"] == "AWS::IAM::Role" and r["Properties"].get("RoleName") == "quorum-dev-slack"
    )
    condition = {"StringEquals": {"aws:SourceIp": "192.0.2.1"}}
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition}
    role["Policies"][0]["PolicyDocument"]["Statement"].append(statement)

    found = writers(Deployed(dev._replace(pipeline=template)), "decisions")

    assert found == {"consensus", "slack"}


def test_only_the_backup_role_has_an_aws_managed_policy(synth: Synth) -> None:
    found = {str(m) for r in synth.all("AWS::IAM::Role") for m in r.get("ManagedPolicyArns", ())}
    assert all(any(known in policy for known in MANAGED) for policy in found), found
