"""The clients of the services that only rows name."""

from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config

Clients = Callable[[str], Any]
"""From boto3's name of a service to a client."""


def row_clients(config: Config | None = None) -> Clients:
    """Return the maker of clients for the requests in the services' rows."""
    return lambda name: boto3.client(name, config=config)  # type: ignore[call-overload]
