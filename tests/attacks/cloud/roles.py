"""Every role of the templates, and every policy that stands at a resource."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from tests.attacks.cloud.deployed import ACCOUNT, Deployed
from tests.attacks.cloud.policies import Iam, Identity, Statement, statements

PREFIX: Final = "quorum-"
ROOTS: Final = frozenset({f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT})


@cache
def iam(deployed: Deployed) -> Iam:
    """Return who may do what."""
    return Iam(_identities(deployed), _resources(deployed), ROOTS)


def _identities(deployed: Deployed) -> Mapping[str, Identity]:
    found = [_identity(deployed, logical, role) for logical, role in deployed.of("AWS::IAM::Role")]
    assert not list(deployed.of("AWS::IAM::Policy")), "a policy beside the roles' own"
    return {identity.name: identity for identity in found}


def _identity(deployed: Deployed, logical: str, role: Mapping[str, Any]) -> Identity:
    stage = deployed.synth.config.stage
    documents = [policy["PolicyDocument"] for policy in role.get("Policies", ())]
    boundary = role.get("PermissionsBoundary")
    return Identity(
        name=deployed.name(logical).removeprefix(f"{PREFIX}{stage}-"),
        arn=deployed.arn(logical),
        own=tuple(s for document in documents for s in statements(document)),
        boundary=None if boundary is None else _managed(deployed, boundary),
        trusts=_trusts(role),
        managed=tuple(map(str, role.get("ManagedPolicyArns", ()))),
    )


def _managed(deployed: Deployed, arn: str) -> tuple[Statement, ...]:
    policies = deployed.of("AWS::IAM::ManagedPolicy")
    found = {deployed.arn(logical): policy["PolicyDocument"] for logical, policy in policies}
    return statements(found[arn])


def _trusts(role: Mapping[str, Any]) -> tuple[Statement, ...]:
    document = role["AssumeRolePolicyDocument"]
    return statements({"Statement": [{**one, "Resource": "*"} for one in document["Statement"]]})


def _resources(deployed: Deployed) -> Mapping[str, tuple[Statement, ...]]:
    found: dict[str, tuple[Statement, ...]] = {}
    for logical, key in deployed.of("AWS::KMS::Key"):
        found[deployed.arn(logical)] = statements(key["KeyPolicy"])
    for logical, role in deployed.of("AWS::IAM::Role"):
        found[deployed.arn(logical)] = _trusts(role)
    for kind, of in (("AWS::SQS::QueuePolicy", "Queues"), ("AWS::S3::BucketPolicy", "Bucket")):
        for _, policy in deployed.of(kind):
            said = statements(policy["PolicyDocument"])
            names = policy[of] if isinstance(policy[of], list) else [policy[of]]
            for name in names:
                arn = _arn_of(deployed, kind, str(name))
                found[arn] = (*found.get(arn, ()), *said)
    return found


def _arn_of(deployed: Deployed, kind: str, name: str) -> str:
    of = {"AWS::SQS::QueuePolicy": "AWS::SQS::Queue", "AWS::S3::BucketPolicy": "AWS::S3::Bucket"}
    for logical, _ in deployed.of(of[kind]):
        if deployed.value({"Ref": logical}) == name:
            return deployed.arn(logical)
    raise KeyError(name)
