"""Settings of a kind without a reader of its own, by the requests in its row."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, Final

import jmespath
from botocore import xform_name
from botocore.exceptions import ClientError

from quorum.adapters.aws.aws_errors import code_of
from quorum.adapters.resource_state.readers import (
    EXPECTED,
    Answer,
    EachReader,
    ManyReader,
    Settings,
    Targets,
)
from quorum.domain.canonical import digest
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.evidence import Scalar
from quorum.domain.redaction import redact_start
from quorum.domain.resource_settings import CALLED_BY, CALLS, joined
from quorum.domain.resources import of_arn, resource_id
from quorum.services.row import Describe, Kind
from quorum.services.rows import KINDS, client_of, operation_of

MOST_PAGES: Final = 50
MOST_PARTS: Final = 50
"""Parts of one resource whose settings are compared, in order of their names."""
MOST_PLAIN: Final = 128
DIGITS: Final = 16
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.,:/+@$*() -]*")
_ARN: Final = re.compile(
    r"arn:[a-z-]{1,12}:(?!apigateway:)[a-z0-9-]{1,32}:[a-z0-9-]{0,32}:\d{0,12}:[A-Za-z0-9_./:-]{1,256}"
)
_PATH_OF_INTEGRATION: Final = "/invocations"

Item = Any
"""A part of an answer, of the form that the service's API has."""


class DescribedState(ManyReader):
    """Reads the settings that the kind's row names; a text that is no plain name as a digest.

    Also `calls` and `called_by`: the resources that its configuration names, with commas.
    """

    def __init__(self, kind: Kind, client: Callable[[str], Any]) -> None:
        self._kind, self._first, self._more = kind, kind.describes[0], kind.describes[1:]
        self._clients = {one: client(one) for one in {*map(client_of, kind.describes)}}

    def read(self, targets: Targets) -> Mapping[str, Answer]:
        """Return an answer for each of the names."""
        names, most = sorted(targets), self._first.most or len(targets)
        found: dict[str, Item] = {}
        for start in range(0, len(names), most):
            found |= self._find(names[start : start + most])
        wanted = {n: None for n, item in found.items() if not isinstance(item, Exception | None)}
        read = EachReader(lambda name, _: self._settings(name, found[name])).read(wanted)
        return {name: read[name] if name in wanted else found[name] for name in names}

    def _find(self, names: Sequence[str]) -> dict[str, Item]:
        """Return what the first request has of each of the names: an item, None or an error.

        What fails for several names is sent again for each half of them, as one may be the cause.
        """
        try:
            items = self._items(self._first, _bindings(names))
            if not self._first.name:  # the one that was asked for
                items = [(names[0], item) for _, item in items]
            return {name: _only(items, name) for name in names}
        except EXPECTED as error:
            missing = isinstance(error, ClientError) and code_of(error) in self._first.missing
            if len(names) == 1 or not self._first.most:
                return dict.fromkeys(names, None if missing else error)
            half = len(names) // 2
            return {**self._find(names[:half]), **self._find(names[half:])}

    def _items(self, describe: Describe, bindings: Mapping[str, Any]) -> list[tuple[str, Item]]:
        """Return the items of all pages, each with its name."""
        found: list[tuple[str, Item]] = []
        for page in self._pages(describe, bindings):
            answered = _search(describe.items, page)
            for item in answered if isinstance(answered, list) else [answered]:
                name = str(_search(describe.name, item)) if describe.name else ""
                found.append((name if describe.part else _own_name(self._kind, name), item))
        return found

    def _pages(self, describe: Describe, bindings: Mapping[str, Any]) -> Iterator[Any]:
        client = self._clients[client_of(describe)]
        operation = xform_name(operation_of(describe))
        given = _search(describe.request, bindings) if describe.request else {}
        request = {key: value for key, value in given.items() if value is not None}
        if not client.can_paginate(operation):
            yield getattr(client, operation)(**request)
            return
        pages = iter(client.get_paginator(operation).paginate(**request))
        yield from islice(pages, MOST_PAGES)
        if next(pages, None) is not None:
            raise SourceUnavailableError(f"{operation}: more than {MOST_PAGES} pages")

    def _settings(self, name: str, item: Item) -> Settings:
        found, calls, callers = self._read_item(self._first, item, "")
        for describe in self._more:
            items = self._items(describe, {**_bindings([name]), "item": item})
            for part, one in sorted(items, key=lambda pair: pair[0])[:MOST_PARTS]:
                prefix = f"{describe.part}/{_plain(part)}/" if describe.part else ""
                settings, called, calling = self._read_item(describe, one, prefix)
                found, calls, callers = found | settings, calls | called, callers | calling
        own = f"{self._kind.name}:{name}"
        return {**found, **joined(CALLS, calls - {own}), **joined(CALLED_BY, callers - {own})}

    def _read_item(
        self, describe: Describe, item: Item, prefix: str
    ) -> tuple[Settings, set[str], set[str]]:
        values = ((key, scalar(_search(path, item))) for key, path in describe.settings)
        return (
            {f"{prefix}{key}": value for key, value in values if value is not None},
            {one for path in describe.calls for one in _resources(_search(path, item))},
            {one for path in describe.called_by for one in _resources(_search(path, item))},
        )


def scalar(value: Any) -> Scalar:
    """Return the value of a setting: a plain name or number as it is, all else as a digest.

    A policy, an address or a definition may hold a secret; that it changed is all that counts.
    """
    match value:
        case None | bool() | int():
            return value
        case float():
            return str(value)
        case str():
            return _plain(value)
        case list() | dict() if not value:
            return None
        case list() if all(isinstance(one, str | int) for one in value):
            return _plain(",".join(sorted(map(str, value))))
    return _digest(value)


def _plain(text: str) -> str:
    is_plain = len(text) <= MOST_PLAIN and _PLAIN.fullmatch(text)
    return text if is_plain and redact_start(text, MOST_PLAIN) == text else _digest(text)


def _digest(value: Any) -> str:
    return f"sha256:{digest(_json(value))[:DIGITS]}"


def _json(value: Any) -> Any:
    match value:
        case dict():
            return {str(key): _json(one) for key, one in value.items()}
        case list():
            return [_json(one) for one in value]
        case None | bool() | int() | str():
            return value
    return str(value)


def _bindings(names: Sequence[str]) -> dict[str, Any]:
    return {"names": list(names), "name": names[0], "parts": names[0].split("/")}


def _only(items: Sequence[tuple[str, Item]], name: str) -> Item:
    """Return the one item of that name, None without one, an error where several have it."""
    named = [item for found, item in items if found == name]
    if len(named) > 1:
        return SourceUnavailableError(f"{len(named)} resources are called {name}")
    return named[0] if named else None


def _own_name(kind: Kind, text: str) -> str:
    """Return the name in an ARN of the kind; any other text is the name."""
    if not text.startswith("arn:"):
        return text
    found, _, name = (of_arn(text) or "").partition(":")
    return name if found == kind.name else text


def _resources(value: Any) -> Iterator[str]:
    """Yield the resources in a value: ARNs in its texts, and ids of kinds that have no ARN."""
    for text in _texts(value):
        kind, _, name = text.partition(":")
        if kind in KINDS and resource_id(kind, name):
            yield text
        arns = (of_arn(arn.removesuffix(_PATH_OF_INTEGRATION)) for arn in _ARN.findall(text))
        yield from filter(None, arns)


def _texts(value: Any) -> Iterator[str]:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        yield from _texts(part)
    if isinstance(value, str):
        yield value


def _search(expression: str, value: Any) -> Any:
    return _compiled(expression).search(value)


@cache
def _compiled(expression: str) -> Any:
    return jmespath.compile(expression)
