"""The clients of the services that only rows name."""

from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config

from quorum.adapters.aws.paced_client import Wait, paced

Clients = Callable[[str], Any]
"""From boto3's name of a service to a client."""


def row_clients(config: Config | None = None, wait: Wait | None = None) -> Clients:
    """Return the maker of clients for the requests in the services' rows; see `paced`."""
    return lambda name: paced(boto3.client(name, config=config), wait)  # type: ignore[call-overload]
