"""The OpenSearch client: signed requests, short timeouts, no hidden retries."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

from opensearchpy import OpenSearch, Urllib3AWSV4SignerAuth, Urllib3HttpConnection
from opensearchpy.exceptions import OpenSearchException

from quorum.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from botocore.credentials import Credentials

Service = Literal["es", "aoss"]
"""The name that requests are signed for: of a domain, or of a serverless collection."""
SEARCH_SECONDS: Final = 1.5
"""A collection that has to wake up needs 10 to 30 s: no incident waits for it."""


def signed_client(
    endpoint: str,
    service: Service,
    region: str,
    credentials: "Credentials",
    timeout: float = SEARCH_SECONDS,
) -> OpenSearch:
    """Return a client that signs each request with SigV4."""
    return _client(endpoint, timeout, Urllib3AWSV4SignerAuth(credentials, region, service))


def unsigned_client(endpoint: str, timeout: float = SEARCH_SECONDS) -> OpenSearch:
    """Return a client for a server that verifies no signatures, such as a local one."""
    return _client(endpoint, timeout, None)


def _client(endpoint: str, timeout: float, auth: Urllib3AWSV4SignerAuth | None) -> OpenSearch:
    url = urlsplit(endpoint)
    secure = url.scheme == "https"
    return OpenSearch(
        hosts=[{"host": url.hostname, "port": url.port or (443 if secure else 80)}],
        http_auth=auth,
        use_ssl=secure,
        verify_certs=secure,
        connection_class=Urllib3HttpConnection,
        timeout=timeout,
        max_retries=0,
        retry_on_timeout=False,
    )


@contextmanager
def raising(operation: str) -> Iterator[None]:
    """Raise StoreUnavailableError for any error of OpenSearch inside."""
    try:
        yield
    except OpenSearchException as error:
        raise StoreUnavailableError(f"{operation}: {type(error).__name__}: {error}") from error
