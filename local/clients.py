"""boto3 clients for the emulator, built by localstack-client: all services behind one port."""

from typing import Any
from urllib.parse import urlsplit

from botocore.config import Config
from localstack_client.session import Session

from quorum.adapters.dynamodb.table import DynamoDBTable

KEY, SECRET, REGION = "test", "test", "us-east-1"
# No hidden retries: each failure is visible to the code that counts them. A busy laptop may take
# minutes to start twenty functions at once.
DEFAULTS = Config(retries={"total_max_attempts": 1}, read_timeout=300, max_pool_connections=50)


def client(service: str, endpoint: str, **options: Any) -> Any:
    """Return a client of the service at the endpoint, with the emulator's root credentials."""
    return _session(endpoint).client(service, **{"config": DEFAULTS, **options})


def table(name: str, endpoint: str) -> DynamoDBTable:
    """Return the DynamoDB table at the endpoint, for the adapters."""
    return DynamoDBTable(client("dynamodb", endpoint), name)


def _session(endpoint: str) -> Any:
    url = urlsplit(endpoint)
    return Session(
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        aws_session_token=None,
        region_name=REGION,
        localstack_host=f"{url.hostname}:{url.port}",
    )
