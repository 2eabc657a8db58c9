"""Possible writers of each resource: every Allow of every role, as if its conditions were met."""

from collections.abc import Iterable, Mapping
from typing import Final

from tests.attacks.cloud.deployed import Deployed
from tests.attacks.cloud.policies import Identity, Statement, like
from tests.attacks.cloud.roles import iam

ITEM_WRITES: Final = (
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:TransactWriteItems",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PartiQLDelete",
    "dynamodb:ExecuteStatement",
    "dynamodb:ExecuteTransaction",
)
TABLE_WRITES: Final = (
    "dynamodb:DeleteTable",
    "dynamodb:UpdateTable",
    "dynamodb:PutResourcePolicy",
    "dynamodb:RestoreTableFromBackup",
    "dynamodb:RestoreTableToPointInTime",
    "dynamodb:ImportTable",
)
"""Actions that put items into a table, or let another principal do so."""
OBJECT_WRITES: Final = ("s3:PutObject", "s3:DeleteObject", "s3:PutBucketPolicy", "s3:PutObjectAcl")


def writers(deployed: Deployed, table: str) -> frozenset[str]:
    """Return the roles that could write the table of that short name."""
    return able(deployed, (*ITEM_WRITES, *TABLE_WRITES), _table(deployed, table))


def able(deployed: Deployed, actions: Iterable[str], arn: str) -> frozenset[str]:
    """Return the roles that could do any of the actions on the resource, or below it."""
    wanted = tuple(actions)
    return frozenset(
        name
        for name, identity in iam(deployed).identities.items()
        if any(could(identity, action, arn) for action in wanted)
    )


def could(identity: Identity, action: str, arn: str) -> bool:
    """Return whether the role could do it under some condition."""
    within = identity.boundary is None or _lets(identity.boundary, action, arn)
    return within and _lets(identity.own, action, arn)


def _lets(statements: Iterable[Statement], action: str, arn: str) -> bool:
    fitting = [s for s in statements if _speaks_of(s, action, arn)]
    denied = any(not s.allows and not s.conditions for s in fitting)
    return not denied and any(s.allows for s in fitting)


def _speaks_of(statement: Statement, action: str, arn: str) -> bool:
    """Return whether it fits the action, and the resource or anything below it."""
    return any(like(a.lower(), action.lower()) for a in statement.actions) and any(
        like(r, arn) or r.startswith(f"{arn}/") for r in statement.resources
    )


def _table(deployed: Deployed, short: str) -> str:
    name = deployed.synth.named(short)
    tables = deployed.of("AWS::DynamoDB::Table")
    return next(deployed.arn(logical) for logical, table in tables if table["TableName"] == name)


def resource_policies(deployed: Deployed) -> Mapping[str, object]:
    """Return the policies that stand at tables themselves, by table."""
    found = (
        (t["TableName"], t.get("ResourcePolicy")) for _, t in deployed.of("AWS::DynamoDB::Table")
    )
    return {name: policy for name, policy in found if policy}
