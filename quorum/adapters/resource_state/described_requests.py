"""The requests in the services' rows: their pages, their items, the resources that these name."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, Final, NamedTuple

import jmespath
from botocore import xform_name

from quorum.adapters.resource_state.row_clients import Clients
from quorum.domain.base import ResourceId
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.resources import of_arn, resource_id
from quorum.services.row import Describe
from quorum.services.rows import KINDS, client_of, operation_of

MOST_PAGES: Final = 50
_ARN: Final = re.compile(
    r"arn:[a-z-]{1,12}:(?!apigateway:)[a-z0-9-]{1,32}"
    r":([a-z0-9-]{0,32}):(\d{0,12}):[A-Za-z0-9_./:-]{1,256}"
)
_BELOW: Final = re.compile(r"/(?:(?:stream|index|consumer)/[^/]*|invocations)$")
"""Endings of ARNs below a resource's own: of a table's stream, of an integration's path."""

Item = Any
"""A part of an answer, of the form that the service's API has."""


class Home(NamedTuple):
    """The account and region whose resources count: a namesake elsewhere is another resource."""

    account: str
    region: str


class DescribedRequests:
    """Sends the requests of rows."""

    def __init__(self, describes: Sequence[Describe], clients: Clients) -> None:
        self._clients = {name: clients(name) for name in {*map(client_of, describes)}}

    def items(self, describe: Describe, bindings: Mapping[str, Any]) -> list[tuple[str, Item]]:
        """Return the items of all pages, each with its name or ARN; "" where the row has none.

        Raises SourceUnavailableError for more than MOST_PAGES, and what the client raises.
        """
        found: list[Item] = []
        for page in self._pages(describe, bindings):
            answered = search(describe.items, page)
            found += answered if isinstance(answered, list) else [answered]
        return [(str(search(describe.name, one)) if describe.name else "", one) for one in found]

    def _pages(self, describe: Describe, bindings: Mapping[str, Any]) -> Iterator[Any]:
        client, operation = self._clients[client_of(describe)], xform_name(operation_of(describe))
        given = search(describe.request, bindings) if describe.request else {}
        request = {key: value for key, value in given.items() if value is not None}
        if not client.can_paginate(operation):
            yield getattr(client, operation)(**request)
            return
        pages = iter(client.get_paginator(operation).paginate(**request))
        yield from islice(pages, MOST_PAGES)
        if next(pages, None) is not None:
            raise SourceUnavailableError(f"{operation}: more than {MOST_PAGES} pages")


def bindings_of(names: Sequence[str]) -> dict[str, Any]:
    """Return what a request's expression may use about the resources that it is for."""
    return {"names": list(names), "name": names[0], "parts": names[0].split("/")}


def resources_in(value: Any, home: Home | None) -> Iterator[ResourceId]:
    """Yield the resources in a value: ARNs in its texts, and ids of kinds that have no ARN.

    With `home` those of other accounts and regions are left out.
    """
    for text in _texts(value):
        kind, _, name = text.partition(":")
        if kind in KINDS and resource_id(kind, name):
            yield text
        for match in _ARN.finditer(text):
            region, account = match.groups()
            if home is None or (account in {"", home.account} and region in {"", home.region}):
                found = of_arn(_BELOW.sub("", match.group()))
                yield from [found] if found else ()


def _texts(value: Any) -> Iterator[str]:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        yield from _texts(part)
    if isinstance(value, str):
        yield value


def search(expression: str, value: Any) -> Any:
    """Return what the JMESPath expression finds. Raises ValueError for a value of another type."""
    return _compiled(expression).search(value)


@cache
def _compiled(expression: str) -> Any:
    return jmespath.compile(expression)
