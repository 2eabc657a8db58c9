"""The tables of an installation that a former commit filled, in moto."""

from base64 import b64decode
from datetime import UTC, datetime
from typing import Any, Final

import boto3

from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.adapters.signing import p256
from tests.former import bundle, items, sample
from tests.integration.tables import create_table

THEN: Final = datetime(2026, 11, 28, 19, 16, 20, tzinfo=UTC)
"""While both incidents waited."""
BUCKET: Final = "evidence"


def table(name: str, *states: str) -> DynamoDBTable:
    """Return the table with the items of these states; later ones replace earlier ones."""
    layout = "votes" if name.startswith("votes-") else name
    made = create_table(layout, f"quorum-test-{name}")
    client = boto3.client("dynamodb")
    for state in states:
        for item in items(state, name):
            client.put_item(TableName=made.name, Item=item)
    return made


def evidence(*digests: str) -> S3EvidenceStore:
    """Return the evidence store with these bundles."""
    client: Any = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    for digest in digests:
        client.put_object(Bucket=BUCKET, Key=f"bundles/{digest}.json", Body=bundle(digest))
    return S3EvidenceStore(client, BUCKET)


def objection(signer: str, message: bytes, signature: bytes) -> str | None:
    """Return why this is not what the former installation's signer signed, or None."""
    known = sample("keys")
    name = signer if signer in known else f"seat-{signer}"
    return p256.objection(p256.public_key(b64decode(known[name])), message, signature)
