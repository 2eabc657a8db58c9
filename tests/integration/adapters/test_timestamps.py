"""Clients of functions parse times by the runtime's configuration."""

from datetime import UTC

import boto3

from quorum.runtime.lambda_runtime import set_up_session, timestamp


def test_clients_give_times_in_utc() -> None:
    set_up_session()  # moto has put away the one that was set up by the import
    made = boto3.client("dynamodb").create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )["TableDescription"]["CreationDateTime"]
    assert made.tzinfo is UTC
    assert timestamp(made.timestamp()) == made
