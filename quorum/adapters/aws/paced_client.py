"""AWS clients whose requests, also those of pages and retries, wait for a turn."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

Client = TypeVar("Client")
Wait = Callable[[str], None]
"""Waits for a turn of boto3's name of a service; raises when there is none."""


def paced(client: Client, wait: Wait | None) -> Client:
    """Return the client, which calls `wait` before each request that it sends."""
    if wait is not None and client is not None:
        meta = cast("Any", client).meta
        service = meta.service_model.service_name

        def before(**_: object) -> None:
            wait(service)

        meta.events.register_first("request-created", before)
    return client
