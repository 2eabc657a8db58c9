"""The evaluator of policies: as IAM documents it, and an error for anything unknown."""

from typing import Any

import pytest

from tests.attacks.cloud.deployed import Deployed
from tests.attacks.cloud.policies import (
    Iam,
    Identity,
    Request,
    Statement,
    UnknownPolicyError,
    statements,
)
from tests.attacks.cloud.roles import iam

TABLE = "arn:aws:dynamodb:eu-central-1:000000000000:table/quorum-prod-operations"
ROLE = "arn:aws:iam::000000000000:role/one"


def allowing(action: str = "dynamodb:PutItem", resource: str = TABLE, **more: Any) -> Any:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def one(*own: Any, boundary: Any = None, at: Any = None, resource: str = TABLE) -> Iam:
    bound = None if boundary is None else statements({"Statement": boundary})
    identity = Identity("one", ROLE, statements({"Statement": list(own)}), bound)
    found: dict[str, tuple[Statement, ...]] = {}
    if at is not None:
        found[resource] = statements({"Statement": at})
    return Iam({"one": identity}, found, frozenset({"arn:aws:iam::000000000000:root"}))


def asks(found: Iam, action: str = "dynamodb:PutItem", resource: str = TABLE, **keys: str) -> bool:
    context = {name.replace("__", ":").lower(): (value,) for name, value in keys.items()}
    return found.allows("one", Request(action, resource, context))


@pytest.mark.parametrize(
    ("action", "resource", "may"),
    [
        ("dynamodb:PutItem", TABLE, True),
        ("DynamoDB:putitem", TABLE, True),
        ("dynamodb:Put*", "arn:aws:dynamodb:*:*:table/quorum-*", True),
        ("dynamodb:Put?tem", "*", True),
        ("*", "*", True),
        ("dynamodb:GetItem", TABLE, False),
        ("dynamodb:PutItem", f"{TABLE}-2", False),
    ],
)
def test_wildcards_match_as_in_iam(action: str, resource: str, *, may: bool) -> None:
    assert asks(one(allowing(action, resource))) is may


def test_a_denial_overrides_every_allow() -> None:
    denied = {"Effect": "Deny", "Action": "dynamodb:*", "Resource": "*"}
    assert not asks(one(allowing(), denied))


def test_a_boundary_must_also_allow_the_call() -> None:
    assert not asks(one(allowing(), boundary=[allowing("dynamodb:GetItem")]))
    assert asks(one(allowing(), boundary=[allowing()]))


def test_leading_keys_bind_a_put_to_its_keys() -> None:
    condition = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["open#*"]}}
    found = one(allowing(Condition=condition))
    assert asks(found, dynamodb__LeadingKeys="open#lambda:checkout")
    assert not asks(found, dynamodb__LeadingKeys="stop")
    assert asks(found), "an absent key is every one of no values"


def test_a_resource_policy_allows_its_principals() -> None:
    at = [{**allowing(), "Principal": {"AWS": ROLE}}]
    assert asks(one(at=at))
    assert not asks(one(at=[{**allowing(), "Principal": {"AWS": "arn:aws:iam::0:role/two"}}]))


def test_a_resource_policy_denies_all_but_a_service() -> None:
    unless = {"StringNotEquals": {"aws:PrincipalServiceName": "events.amazonaws.com"}}
    at = [{**allowing(), "Effect": "Deny", "Principal": "*", "Condition": unless}]
    assert not asks(one(allowing(), at=at))


def test_a_key_policy_decides_and_delegates_only_its_listed_actions() -> None:
    key = "arn:aws:kms:eu-central-1:000000000000:key/k"
    root = {"AWS": "arn:aws:iam::000000000000:root"}
    at = [{**allowing("kms:Get*", "*"), "Principal": root}]
    own = (allowing("kms:Sign", key), allowing("kms:GetPublicKey", key))
    found = one(*own, at=at, resource=key)
    assert asks(found, "kms:GetPublicKey", key)
    assert not asks(found, "kms:Sign", key)


@pytest.mark.parametrize(
    "strange",
    [
        {"Condition": {"NumericLessThan": {"aws:x": "1"}}},
        {"Condition": {"ForEveryValue:StringLike": {"aws:x": "1"}}},
        {"NotResource": "*"},
        {"NotAction": "*"},
        {"NotPrincipal": "*"},
        {"Effect": "Maybe"},
    ],
)
def test_an_unknown_element_is_an_error_and_never_a_denial(strange: Any) -> None:
    with pytest.raises(UnknownPolicyError):
        statements({"Statement": [{**allowing(), **strange}]})


def test_every_policy_of_the_templates_is_evaluated(deployed: Deployed) -> None:
    found = iam(deployed)
    assert all(identity.own or identity.managed for identity in found.identities.values())
    assert any(":kms:" in resource for resource in found.resources)
    assert any(":sqs:" in resource for resource in found.resources)
