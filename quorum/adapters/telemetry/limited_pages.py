"""Pages of an operation, each requested at its turn."""

from collections.abc import Iterator
from typing import Any, Final

from quorum.adapters.aws.aws_errors import raising
from quorum.domain.errors import SourceUnavailableError
from quorum.ports.telemetry import Turn

TURN_SECONDS: Final = 10.0
"""Maximum wait for one page's turn."""


def limited_pages(
    client: Any, operation: str, what: str, turn: Turn | None, **parameters: Any
) -> Iterator[Any]:
    """Yield the pages of an operation that continues by `NextToken`.

    `turn` is the limit of its requests, None for no limit; `what` is the source's name in errors.
    Raises SourceUnavailableError, also when there is no turn in time.
    """
    pages = iter(client.get_paginator(operation).paginate(**parameters))
    more = True
    while more:
        if turn is not None and not turn(TURN_SECONDS):
            raise SourceUnavailableError(f"{what}: the account's limit of requests is used up")
        with raising(SourceUnavailableError, what):
            page = next(pages)
        yield page
        more = bool(page.get("NextToken"))
