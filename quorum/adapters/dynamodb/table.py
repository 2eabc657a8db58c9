"""A DynamoDB table for the adapters: Python values and conditions in, Python values out.

boto3's own `Table` resource does the same, but creating the first one takes longer than importing a
handler's own code: it loads a second model of the service and builds its classes at run time. The
serializers and the builder of conditions here are boto3's.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import boto3
from boto3.dynamodb.conditions import ConditionBase, ConditionExpressionBuilder
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

MAPS: Final = frozenset({"Item", "Key", "ExclusiveStartKey", "LastEvaluatedKey", "Attributes"})
"""Fields of requests and responses that hold attributes by name."""
CONDITIONS: Final = ("KeyConditionExpression", "ConditionExpression")
NAMES: Final = "ExpressionAttributeNames"
VALUES: Final = "ExpressionAttributeValues"
Values = dict[str, Any]


class DynamoDBTable:
    """One table. Numbers are int or Decimal on the way in, Decimal on the way out.

    Keywords are those of the API, without TableName; a condition may be boto3's. Errors are
    botocore's.
    """

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self._client, self.name = client, name

    def put_item(self, **parameters: Any) -> Values:
        """Put `Item`."""
        return self._call(self._client.put_item, parameters)

    def get_item(self, **parameters: Any) -> Values:
        """Return {"Item"} of `Key`, or an empty response when there is none."""
        return self._call(self._client.get_item, parameters)

    def update_item(self, **parameters: Any) -> Values:
        """Update the item of `Key`."""
        return self._call(self._client.update_item, parameters)

    def delete_item(self, **parameters: Any) -> Values:
        """Delete the item of `Key`."""
        return self._call(self._client.delete_item, parameters)

    def query(self, **parameters: Any) -> Values:
        """Return one page: {"Items"}, and "LastEvaluatedKey" when there are more."""
        return self._call(self._client.query, parameters)

    def scan(self, **parameters: Any) -> Values:
        """Return one page, as `query` does, with "ScannedCount"."""
        return self._call(self._client.scan, parameters)

    def search_vectors(self, **parameters: Any) -> Values:
        """Return {"SearchResults"}, nearest first; vector and found items are the API's values."""
        return self._call(self._client.search_vectors, parameters)

    def _call(self, operation: Callable[..., Any], parameters: Values) -> Values:
        return received(operation(TableName=self.name, **sent(parameters)))


Tables = Callable[[str], DynamoDBTable]
"""From a name to the table with that name."""


def tables(config: Config) -> Tables:
    """Return a factory of tables by name, all with one client."""
    return partial(DynamoDBTable, boto3.client("dynamodb", config=config))


def sent(parameters: Values) -> Values:
    """Return the parameters as the API needs them: typed attributes, expressions as text."""
    builder = ConditionExpressionBuilder()
    request: Values = {}
    names, values = dict(parameters.get(NAMES, {})), dict(parameters.get(VALUES, {}))
    for name, value in parameters.items():
        if name in CONDITIONS and isinstance(value, ConditionBase):
            built = builder.build_expression(value, name == "KeyConditionExpression")
            request[name] = built.condition_expression
            names |= built.attribute_name_placeholders
            values |= built.attribute_value_placeholders
        else:
            request[name] = serialized(value) if name in MAPS else value
    expressions = {NAMES: names, VALUES: serialized(values)}
    return request | {name: content for name, content in expressions.items() if content}


def received(response: Mapping[str, Any]) -> Values:
    """Return the response with its attributes as plain values."""
    result: Values = {
        name: deserialized(value) if name in MAPS else value for name, value in response.items()
    }
    if "Items" in result:
        result["Items"] = [deserialized(item) for item in result["Items"]]
    return result


def serialized(attributes: Mapping[str, Any]) -> Values:
    """Return the attributes as the API's typed values."""
    write = TypeSerializer().serialize
    return {name: write(value) for name, value in attributes.items()}


def deserialized(attributes: Mapping[str, Any]) -> Values:
    """Return the API's typed attributes as plain values."""
    read = TypeDeserializer().deserialize
    return {name: read(value) for name, value in attributes.items()}
