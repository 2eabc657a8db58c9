"""Allowed addresses of messages: the services' own hosts, by HTTPS, and no private address.

Stand-ins on the machine itself are allowed in stage `local` alone.
"""

import socket
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from typing import Final
from urllib.parse import urlsplit

from urllib3 import PoolManager
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from quorum.domain.errors import ChannelUnavailableError
from quorum.domain.notification_routes import ChannelName

LOCAL: Final = "local"
"""The stage on a laptop."""
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost"})
HOSTS: Final[Mapping[ChannelName, frozenset[str]]] = {
    "slack": frozenset({"slack.com", "slack-gov.com"}),
    "pagerduty": frozenset({"events.pagerduty.com", "events.eu.pagerduty.com"}),
}
"""A webhook's host is the one in its secret."""


def check(channel: ChannelName, url: str, *, local: bool) -> None:
    """Raise ChannelUnavailableError for a forbidden address; the error does not show it."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if local and host in LOOPBACK:
        return
    if parts.scheme != "https" or parts.username is not None:
        raise ChannelUnavailableError(f"{channel}: its address is not https://, or names a user")
    if channel in HOSTS and (host not in HOSTS[channel] or parts.port not in {None, 443}):
        allowed = ", ".join(sorted(HOSTS[channel]))
        raise ChannelUnavailableError(f"{channel}: its address is none of {allowed}")


def public(address: str) -> bool:
    """Return whether the IP address is a global unicast one."""
    found = ip_address(address)
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return found.is_global and not found.is_multicast


class _PublicConnection(HTTPSConnection):
    """Checks the peer's address before it sends anything: DNS can point a name anywhere."""

    def _new_conn(self) -> socket.socket:
        connected = super()._new_conn()
        if public(connected.getpeername()[0]):
            return connected
        connected.close()
        raise NewConnectionError(self, "not a public address")


class _PublicPool(HTTPSConnectionPool):
    ConnectionCls = _PublicConnection


def pool(*, local: bool, connections: int = 1) -> PoolManager:
    """Return the connection pool of all posts: HTTPS alone, except in stage `local`."""
    manager = PoolManager(maxsize=connections, block=True)
    classes: dict[str, type[HTTPConnectionPool]] = {"https": _PublicPool}
    if local:
        classes = {"https": HTTPSConnectionPool, "http": HTTPConnectionPool}
    manager.pool_classes_by_scheme = classes
    manager.key_fn_by_scheme = {name: manager.key_fn_by_scheme[name] for name in classes}
    return manager
