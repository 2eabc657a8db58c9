"""A DynamoDB table: items are read as written, and conditions are enforced."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import boto3
import pytest
from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from quorum.adapters.dynamodb.table import DynamoDBTable, deserialized, serialized
from tests.integration.tables import create_table

NUMBERED = {"incident_id": "i", "version": Decimal(1)}
attributes = st.recursive(
    st.text() | st.booleans() | st.none() | st.integers(-(10**30), 10**30).map(Decimal),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def table() -> Iterator[DynamoDBTable]:
    """The events table, empty."""
    with mock_aws():
        yield create_table("events")


@given(st.dictionaries(st.text(), attributes, max_size=4))
def test_attributes_survive_the_wire(item: dict[str, Any]) -> None:
    assert deserialized(serialized(item)) == item


def test_item_is_read_as_it_was_put_and_a_missing_one_is_none(
    table: DynamoDBTable,
) -> None:
    item = {**NUMBERED, "who": {"name": "ann", "known": True}, "seen": [Decimal("0.5"), None]}
    table.put_item(Item=item)
    assert table.get_item(Key=NUMBERED, ConsistentRead=True)["Item"] == item
    assert "Item" not in table.get_item(Key={**NUMBERED, "version": 2})


def test_a_condition_of_several_parts_is_kept_whole(table: DynamoDBTable) -> None:
    table.put_item(Item={**NUMBERED, "holder": "ann", "until": 5})
    free = Attr("version").not_exists() | Attr("until").lte(4)
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        table.put_item(Item=NUMBERED, ConditionExpression=free)
    table.put_item(Item=NUMBERED, ConditionExpression=free | Attr("holder").eq("ann"))
    assert table.get_item(Key=NUMBERED)["Item"] == NUMBERED


def test_an_update_has_its_own_values_beside_those_of_its_condition(table: DynamoDBTable) -> None:
    table.put_item(Item={**NUMBERED, "state": "waiting"})
    update = {
        "Key": NUMBERED,
        "UpdateExpression": "SET #state = :state",
        "ExpressionAttributeNames": {"#state": "state"},
        "ExpressionAttributeValues": {":state": "granted"},
        "ConditionExpression": Attr("state").eq("waiting"),
    }
    answer = table.update_item(**update, ReturnValues="ALL_NEW")
    assert answer["Attributes"] == {**NUMBERED, "state": "granted"}
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        table.update_item(**update)


def test_a_deletion_needs_its_condition(table: DynamoDBTable) -> None:
    table.put_item(Item={**NUMBERED, "holder": "ann"})
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        table.delete_item(Key=NUMBERED, ConditionExpression=Attr("holder").eq("bob"))
    table.delete_item(Key=NUMBERED, ConditionExpression=Attr("holder").eq("ann"))
    assert "Item" not in table.get_item(Key=NUMBERED)


@pytest.mark.parametrize("read", ["query", "scan"])
def test_page_has_the_start_of_the_next_one(table: DynamoDBTable, read: str) -> None:
    for version in range(3):
        table.put_item(Item={**NUMBERED, "version": version})
    asked = {"KeyConditionExpression": Key("incident_id").eq("i") & Key("version").gte(0)}
    asked = asked if read == "query" else {}
    first = getattr(table, read)(Limit=2, **asked)
    rest = getattr(table, read)(ExclusiveStartKey=first["LastEvaluatedKey"], **asked)
    assert [item["version"] for item in (*first["Items"], *rest["Items"])] == [0, 1, 2]
    assert "LastEvaluatedKey" not in rest


def test_table_calls_name_their_own_table() -> None:
    with mock_aws():
        create_table("events")
        other = create_table("events", "other")
        other.put_item(Item=NUMBERED)
        events = DynamoDBTable(boto3.client("dynamodb"), "quorum-test-events")
        assert events.scan()["Items"] == []
