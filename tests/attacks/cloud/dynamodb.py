"""DynamoDB in memory, as far as the adapters use it; every table as the templates lay it out."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from tests.attacks.cloud.deployed import Deployed
from tests.attacks.cloud.expressions import Item, Reader, plain

Key = tuple[Any, ...]
Tables = dict[str, dict[Key, Item]]


class Layout(NamedTuple):
    """The names of a table's key, and of each index's."""

    key: tuple[str, ...]
    indexes: Mapping[str, tuple[str, ...]]


def layouts(deployed: Deployed) -> dict[str, Layout]:
    """Return the layout of every table by its name."""
    return {
        table["TableName"]: Layout(
            _key(table),
            {i["IndexName"]: _key(i) for i in table.get("GlobalSecondaryIndexes", ())},
        )
        for _, table in deployed.of("AWS::DynamoDB::Table")
    }


def _key(described: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(column["AttributeName"] for column in described["KeySchema"])


@cache
def error_class(code: str) -> type[ClientError]:
    """Return the class of a service's errors with this code, as a client's `exceptions` has it."""
    return type(code, (ClientError,), {})


def failed(operation: str, code: str, **more: Any) -> ClientError:
    """Return the error that botocore would raise."""
    error: Any = {"Error": {"Code": code, "Message": code}, **more}
    error["ResponseMetadata"] = {"HTTPStatusCode": 400, "RequestId": "r"}
    return error_class(code)(error, operation)


class DynamoDB:
    """The service. Items are never changed in place: a copy of `tables` is a copy of all."""

    def __init__(self, layouts: Mapping[str, Layout]) -> None:
        self.layouts = layouts
        self.tables: Tables = {name: {} for name in layouts}

    def put_item(self, **request: Any) -> dict[str, Any]:
        """Put the item if its condition holds."""
        table, key = self._at(request, request["Item"])
        self._check("PutItem", request, table.get(key))
        table[key] = request["Item"]
        return {}

    def get_item(self, **request: Any) -> dict[str, Any]:
        """Return the item of the key."""
        table, key = self._at(request, request["Key"])
        return {"Item": table[key]} if key in table else {}

    def update_item(self, **request: Any) -> dict[str, Any]:
        """Update the item if its condition holds."""
        table, key = self._at(request, request["Key"])
        self._check("UpdateItem", request, table.get(key))
        change = Reader(request["UpdateExpression"], request).update()
        table[key] = change({**table.get(key, {}), **request["Key"]})
        return {"Attributes": table[key]} if request.get("ReturnValues") == "ALL_NEW" else {}

    def delete_item(self, **request: Any) -> dict[str, Any]:
        """Delete the item if its condition holds."""
        table, key = self._at(request, request["Key"])
        self._check("DeleteItem", request, table.get(key))
        table.pop(key, None)
        return {}

    def query(self, **request: Any) -> dict[str, Any]:
        """Return the items that fit, in the order of their keys."""
        layout, items = self.layouts[request["TableName"]], self.tables[request["TableName"]]
        names = layout.indexes[request["IndexName"]] if "IndexName" in request else layout.key
        fits = _test(request, "KeyConditionExpression")
        found = [i for i in list(items.values()) if all(n in i for n in names) and fits(i)]
        found.sort(key=lambda item: [plain(item[name]) for name in names])
        if not request.get("ScanIndexForward", True):
            found.reverse()
        return {"Items": found[: request.get("Limit")]}

    def scan(self, **request: Any) -> dict[str, Any]:
        """Return all items."""
        found = list(self.tables[request["TableName"]].values())
        return {"Items": found, "ScannedCount": len(found)}

    def _at(self, request: Mapping[str, Any], item: Item) -> tuple[dict[Key, Item], Key]:
        name = request["TableName"]
        if name not in self.tables:
            raise failed("Any", "ResourceNotFoundException")
        return self.tables[name], tuple(plain(item[part]) for part in self.layouts[name].key)

    def _check(self, operation: str, request: Mapping[str, Any], there: Item | None) -> None:
        if "ConditionExpression" not in request:
            return
        if not _test(request, "ConditionExpression")(there or {}):
            more = {"Item": there} if there else {}
            raise failed(operation, "ConditionalCheckFailedException", **more)


def _test(request: Mapping[str, Any], part: str) -> Callable[[Item], bool]:
    return Reader(request[part], request).test()


def rows(tables: Tables) -> Iterator[tuple[str, Key, Item]]:
    """Yield every item with its table and key."""
    for name, items in tables.items():
        for key, item in items.items():
            yield name, key, item
