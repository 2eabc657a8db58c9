"""Tables and roles that a benchmark creates on an emulator without a deployment."""

import json
from collections.abc import Iterable
from typing import Any

from local.emulator import Emulator
from local.quorum import PREFIX
from stacks.tables import TABLES, Attribute, Table


def create_tables(emulator: Emulator, *names: str) -> None:
    """Create the named tables with their keys and indexes."""
    dynamodb = emulator.client("dynamodb")
    for table in TABLES:
        if table.name in names:
            dynamodb.create_table(**_request(table))


def create_role(emulator: Emulator, name: str, service: str, invokes: Iterable[str] = ()) -> str:
    """Create a role for the service that may invoke the given functions; return its ARN."""
    iam = emulator.client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(trust))["Role"]["Arn"]
    logs = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
    invoke = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": [*invokes]}
    statements = [logs, invoke] if invoke["Resource"] else [logs]
    iam.put_role_policy(RoleName=name, PolicyName="needs", PolicyDocument=_document(*statements))
    return str(arn)


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _request(table: Table) -> dict[str, Any]:
    own = [a for a in (table.partition, table.sort) if a]
    by = [table.by.partition, table.by.sort] if table.by else []
    index = {"KeySchema": _key(by), "Projection": {"ProjectionType": "ALL"}}
    indexes = [{"IndexName": table.by.name, **index}] if table.by else []
    return {
        "TableName": f"{PREFIX}{table.name}",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": _key(own),
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind} for name, kind in {*own, *by}
        ],
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
    }


def _key(attributes: list[Attribute]) -> list[dict[str, str]]:
    kinds = ("HASH", "RANGE")
    return [
        {"AttributeName": attribute.name, "KeyType": kind}
        for attribute, kind in zip(attributes, kinds, strict=False)
    ]
