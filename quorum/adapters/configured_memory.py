"""The memory and the embedder that the configuration names."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

import boto3
from botocore.config import Config

from quorum.adapters.dynamodb.table import tables
from quorum.adapters.dynamodb.vector_memory import DynamoDBVectorMemory
from quorum.adapters.llm.titan_embedder import TitanEmbedder
from quorum.domain.embedding_models import embedding_model
from quorum.domain.errors import InvalidInputError
from quorum.ports.clock import Clock
from quorum.ports.memory import Embedder, Memory

Choice = Literal["dynamodb", "opensearch-serverless", "opensearch-domain", "off"]
ALIAS: Final = "quorum-memory"
"""The alias of the index in use; the stacks grant access to indexes whose names begin with it."""
UNSIGNED: Final = "http://"
"""An address of the laptop's own server, which verifies no signatures."""


@dataclass(frozen=True, slots=True)
class MemoryChoice:
    """The part of a function's settings that chooses the memory."""

    choice: str
    table: str
    """The table of the memory, which also holds the occurrences of known problems."""
    endpoint: str
    """The URL of the domain or collection; empty for DynamoDB."""
    model_id: str
    dimensions: int
    region: str
    """The region of the embedding model; empty: the caller's own."""


def configured_embedder(chosen: MemoryChoice, config: Config) -> Embedder:
    """Return Titan with the chosen length of vectors. Raises InvalidInputError."""
    client = boto3.client("bedrock-runtime", region_name=chosen.region or None, config=config)
    return TitanEmbedder(client, chosen.model_id, chosen.dimensions)


def configured_memory(
    chosen: MemoryChoice, config: Config, now: Clock, seconds: float
) -> Memory | None:
    """Return the chosen memory, or None for `off`; a request waits at most so many seconds.

    `config` is that of DynamoDB's client. Raises InvalidInputError for an unknown choice.
    """
    if chosen.choice not in get_args(Choice):
        raise InvalidInputError(f"MEMORY: {chosen.choice!r}; use one of {get_args(Choice)}")
    if chosen.choice == "off":
        return None
    model = embedding_model(chosen.model_id, chosen.dimensions)
    if chosen.choice == "dynamodb":
        return DynamoDBVectorMemory(tables(config)(chosen.table), model, now)
    # The client is in a layer that only these choices ship
    from quorum.adapters.opensearch.client import signed_client, unsigned_client  # noqa: PLC0415
    from quorum.adapters.opensearch.memory import (  # noqa: PLC0415
        DOMAIN,
        SERVERLESS,
        OpenSearchMemory,
    )

    serverless = chosen.choice == "opensearch-serverless"
    if chosen.endpoint.startswith(UNSIGNED):
        client = unsigned_client(chosen.endpoint, seconds)
    else:
        session = boto3.Session()
        credentials, region = session.get_credentials(), session.region_name
        if credentials is None or region is None:
            raise InvalidInputError("credentials: none, or no region")
        service: Literal["aoss", "es"] = "aoss" if serverless else "es"
        client = signed_client(chosen.endpoint, service, region, credentials, seconds)
    return OpenSearchMemory(client, ALIAS, model, SERVERLESS if serverless else DOMAIN)
