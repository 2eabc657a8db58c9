"""The stateful stack: tables, evidence bucket, signing keys."""

import json

import pytest

from quorum.domain.seats import SEATS
from stacks.tables import TABLES
from tests.infrastructure.conftest import Synth
from tests.infrastructure.templates import as_list, grants, text

KEPT = {
    "AWS::DynamoDB::Table",
    "AWS::S3::Bucket",
    "AWS::KMS::Key",
    "AWS::Kinesis::Stream",
    "AWS::Logs::LogGroup",
}


def test_prod_retains_data_except_when_the_deployment_that_creates_it_fails(prod: Synth) -> None:
    for kind in KEPT:
        for resource in prod.raw(kind):
            assert resource["DeletionPolicy"] == "RetainExceptOnCreate", kind
            assert resource["UpdateReplacePolicy"] == "Retain", kind


def test_prod_has_point_in_time_recovery_and_daily_backups(prod: Synth) -> None:
    tables = prod.all("AWS::DynamoDB::Table")
    for table in tables:
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
        assert table["DeletionProtectionEnabled"] is True
    (selection,) = prod.all("AWS::Backup::BackupSelection")
    assert len(selection["BackupSelection"]["Resources"]) == len(tables)


def test_other_stages_delete_data_with_the_stack(local: Synth, dev: Synth) -> None:
    for synth in (local, dev):
        for kind in KEPT:
            assert {r["DeletionPolicy"] for r in synth.raw(kind)} == {"Delete"}


def test_dev_empties_every_bucket_before_it_deletes_it(
    dev: Synth, prod: Synth, local: Synth
) -> None:
    emptied = [
        text(one["BucketName"]).strip("<>") for one in dev.all("Custom::S3AutoDeleteObjects")
    ]
    buckets = dev.state["Resources"].items()
    assert sorted(emptied) == sorted(i for i, r in buckets if r["Type"] == "AWS::S3::Bucket")
    for other in (prod, local):
        assert other.all("Custom::S3AutoDeleteObjects") == []


def test_tables_are_billed_per_request(synth: Synth) -> None:
    tables = synth.all("AWS::DynamoDB::Table")
    assert {table["TableName"] for table in tables} == {synth.named(t.name) for t in TABLES}
    assert {table["BillingMode"] for table in tables} == {"PAY_PER_REQUEST"}


def test_the_event_tables_stream_has_both_images_to_detect_tampering(synth: Synth) -> None:
    events = next(
        t for t in synth.all("AWS::DynamoDB::Table") if t["TableName"] == synth.named("events")
    )
    assert events["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    assert [key["AttributeName"] for key in events["KeySchema"]] == ["incident_id", "version"]


def test_buckets_are_private_encrypted_and_deny_plain_http(synth: Synth) -> None:
    for bucket in synth.all("AWS::S3::Bucket"):
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert "BucketEncryption" in bucket
        assert bucket["LifecycleConfiguration"]["Rules"]
    for policy in synth.all("AWS::S3::BucketPolicy"):
        denied = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Deny"]
        assert {"Bool": {"aws:SecureTransport": "false"}} in [s["Condition"] for s in denied]


SIGNERS = (*(f"seat-{seat.name}" for seat in SEATS), "approval")


def test_only_seats_and_approval_have_a_signing_key(synth: Synth) -> None:
    aliases = {alias["AliasName"] for alias in synth.all("AWS::KMS::Alias")}
    assert aliases == {f"alias/{synth.named(name)}" for name in SIGNERS}


@pytest.mark.parametrize("name", SIGNERS)
def test_only_the_signers_role_may_sign_with_its_key(name: str, synth: Synth) -> None:
    key = synth.key(name)["Properties"]
    assert (key["KeySpec"], key["KeyUsage"]) == ("ECC_NIST_P256", "SIGN_VERIFY")
    signers = [s for s in key["KeyPolicy"]["Statement"] if "kms:Sign" in as_list(s["Action"])]
    (principal,) = [text(s["Principal"]["AWS"]).strip("<>").partition(".")[0] for s in signers]
    role = synth.state["Resources"][principal]["Properties"]
    assert role["RoleName"] == synth.named(name)


@pytest.mark.parametrize("name", SIGNERS)
def test_root_administers_a_key_but_neither_signs_nor_grants(name: str, synth: Synth) -> None:
    found = synth.key(name)["Properties"]["KeyPolicy"]["Statement"]
    assert {s["Effect"] for s in found} == {"Allow"}
    assert not [s for s in found if "Condition" in s]
    root = next(s for s in found if text(s["Principal"]["AWS"]).endswith(":root"))
    for forbidden in ("Sign", "CreateGrant", "ReEncryptTo", "GenerateMac"):
        assert not any(_matches(action, f"kms:{forbidden}") for action in root["Action"])
    for needed in ("PutKeyPolicy", "ScheduleKeyDeletion", "GetPublicKey", "DescribeKey"):
        assert any(_matches(action, f"kms:{needed}") for action in root["Action"])


def _matches(pattern: str, action: str) -> bool:
    return action.startswith(pattern[:-1]) if pattern.endswith("*") else action == pattern


def test_no_role_policy_allows_signing(synth: Synth) -> None:
    """Only key policies allow signing, because a role's policy could list another signer's key."""
    held = {g for role in synth.all("AWS::IAM::Role") for g in grants(role)}
    found = {g.action for g in held if g.resource not in synth.config.encryption_keys}
    assert {action for action in found if action.startswith("kms:")} == {"kms:GetPublicKey"}
    assert not [g for g in held if g.action in {"kms:Sign", "kms:CreateGrant"}]


def test_verifiers_have_each_signers_key_by_arn(synth: Synth) -> None:
    names = synth.imported_keys()
    for verifier, signers in (("consensus", SIGNERS[:-1]), ("executor", SIGNERS)):
        variables = synth.function(verifier)["Environment"]["Variables"]
        given = text(variables["SEAT_KEYS"])
        if "APPROVAL_KEY" in variables:
            given += text(variables["APPROVAL_KEY"])
        found = {name for name in names if name in given}
        assert {names[name] for name in found} == {synth.named(signer) for signer in signers}
        held = {g.resource for g in grants(synth.role(verifier)) if g.action == "kms:GetPublicKey"}
        assert held == found
    for seat in SEATS:
        given = text(synth.function("consensus")["Environment"]["Variables"]["SEAT_KEYS"])
        key = json.loads(given)[seat.name]
        assert names[key] == synth.named(f"seat-{seat.name}")
