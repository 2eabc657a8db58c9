"""DynamoDB's conditions and updates on items as the API sends them: {"name": {"S": "value"}}."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

Item = dict[str, dict[str, Any]]
Test = Callable[[Item], bool]
_TOKEN: Final = re.compile(r"\s*(<>|<=|>=|[()=<>,+]|[#:]?[A-Za-z0-9_.]+)")
_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": lambda a, b: bool(a == b),
    "<>": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


def plain(value: Mapping[str, Any]) -> Any:
    """Return what compares as the attribute does."""
    ((kind, held),) = value.items()
    return (kind, Decimal(held)) if kind == "N" else (kind, held)


class Reader:
    """Reads one expression of a request, token by token."""

    def __init__(self, text: str, request: Mapping[str, Any]) -> None:
        self._tokens = _TOKEN.findall(text)
        assert "".join(self._tokens) == re.sub(r"\s", "", text), text
        self._names = request.get("ExpressionAttributeNames", {})
        self._values = request.get("ExpressionAttributeValues", {})

    def test(self) -> Test:
        """Return the condition."""
        found = self._either()
        assert not self._tokens, self._tokens
        return found

    def update(self) -> Callable[[Item], Item]:
        """Return what an update makes of an item."""
        steps: list[Callable[[Item, Item], None]] = []
        clause = ""
        while self._tokens:
            if self._tokens[0] in {"SET", "REMOVE"}:
                clause = self._next()
            elif self._tokens[0] == ",":
                self._next()
            steps.append(self._set() if clause == "SET" else self._remove(clause))

        def change(item: Item) -> Item:
            new = dict(item)
            for step in steps:
                step(new, item)
            return new

        return change

    def _set(self) -> Callable[[Item, Item], None]:
        name = self._name(self._next())
        self._expect("=")
        value = self._operand()

        def step(new: Item, old: Item) -> None:
            found = value(old)
            assert found is not None, name
            new[name] = found

        return step

    def _remove(self, clause: str) -> Callable[[Item, Item], None]:
        assert clause == "REMOVE", clause
        name = self._name(self._next())
        return lambda new, _: void(new.pop(name, None))

    def _either(self) -> Test:
        found = self._both()
        while self._tokens and self._tokens[0] == "OR":
            self._next()
            found = _or(found, self._both())
        return found

    def _both(self) -> Test:
        found = self._not()
        while self._tokens and self._tokens[0] == "AND":
            self._next()
            found = _and(found, self._not())
        return found

    def _not(self) -> Test:
        if self._tokens[0] == "NOT":
            self._next()
            inner = self._not()
            return lambda item: not inner(item)
        if self._tokens[0] == "(":
            self._next()
            found = self._either()
            self._expect(")")
            return found
        return self._comparison()

    def _comparison(self) -> Test:
        word = self._tokens[0]
        if word in {"attribute_exists", "attribute_not_exists", "contains", "begins_with"}:
            return self._function()
        left = self._operand()
        if self._tokens[0] == "BETWEEN":
            return self._between(left)
        compare = _COMPARE[self._next()]
        right = self._operand()
        return lambda item: _compared(compare, left(item), right(item))

    def _between(self, left: Callable[[Item], Any]) -> Test:
        self._next()
        low = self._operand()
        self._expect("AND")
        high = self._operand()
        return lambda item: plain(low(item)) <= plain(left(item)) <= plain(high(item))

    def _function(self) -> Test:
        word = self._next()
        self._expect("(")
        name, second = self._name(self._next()), None
        if word in {"contains", "begins_with"}:
            self._expect(",")
            second = self._operand()
        self._expect(")")
        if second is None:
            return lambda item: (name in item) == (word == "attribute_exists")
        return lambda item: name in item and _within(word, item[name], second(item))

    def _operand(self) -> Callable[[Item], Any]:
        word = self._next()
        if word.startswith(":"):
            value = self._values[word]
            return lambda _: value
        if word in {"list_append", "if_not_exists"}:
            self._expect("(")
            first = self._operand()
            self._expect(",")
            second = self._operand()
            self._expect(")")
            return _appended(first, second) if word == "list_append" else _first(first, second)
        if word == "size":
            self._expect("(")
            of = self._name(self._next())
            self._expect(")")
            return lambda item: _size(item.get(of))
        assert word != "(", self._tokens
        name = self._name(word)
        return lambda item: item.get(name)

    def _name(self, word: str) -> str:
        return str(self._names[word]) if word.startswith("#") else word

    def _next(self) -> str:
        return str(self._tokens.pop(0))

    def _expect(self, token: str) -> None:
        found = self._next()
        assert found == token, f"{found} instead of {token}"


def void(_: object) -> None:
    """Forget it."""


def _or(one: Test, other: Test) -> Test:
    return lambda item: one(item) or other(item)


def _and(one: Test, other: Test) -> Test:
    return lambda item: one(item) and other(item)


def _compared(compare: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
    if left is None or right is None or left.keys() != right.keys():
        return left is not None and right is not None and compare is _COMPARE["<>"]
    return compare(plain(left), plain(right))


def _within(word: str, held: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    if word == "begins_with":
        return bool(held["S"].startswith(wanted["S"]))
    if "L" in held:
        return wanted in held["L"]
    ((_, inside),) = held.items()
    return next(iter(wanted.values())) in inside


def _size(held: Mapping[str, Any] | None) -> dict[str, str] | None:
    if held is None:
        return None
    ((_, inside),) = held.items()
    return {"N": str(len(inside))}


def _appended(first: Callable[[Item], Any], second: Callable[[Item], Any]) -> Callable[[Item], Any]:
    return lambda item: {"L": [*first(item)["L"], *second(item)["L"]]}


def _first(first: Callable[[Item], Any], second: Callable[[Item], Any]) -> Callable[[Item], Any]:
    return lambda item: found if (found := first(item)) is not None else second(item)
