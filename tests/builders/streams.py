"""Stream records as Lambda hands them over."""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from quorum.domain.events import INCIDENT_EVENT, IncidentEvent


def published(facts: Iterable[IncidentEvent]) -> list[bytes]:
    """Return what the publisher puts on the stream, event by event."""
    return [INCIDENT_EVENT.dump_json(fact) for fact in facts]


def kinesis(datas: Iterable[bytes]) -> list[dict[str, Any]]:
    """Return Kinesis records with rising sequence numbers."""
    return [_kinesis(at, data) for at, data in enumerate(datas)]


def _kinesis(at: int, data: bytes) -> dict[str, Any]:
    return {
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"shardId-0:{at:08d}",
        "eventName": "aws:kinesis:record",
        "eventSourceARN": "arn:aws:kinesis:us-east-1:123456789012:stream/quorum-test",
        "awsRegion": "us-east-1",
        "invokeIdentityArn": "arn:aws:iam::123456789012:role/mapping",
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": "incident",
            "sequenceNumber": f"{at:08d}",
            "approximateArrivalTimestamp": 1.0,
            "data": b64encode(data).decode(),
        },
    }


def row(fact: IncidentEvent, **other: Any) -> dict[str, Any]:
    """Return the table's row of an event; `other` are attributes to change."""
    return {
        "incident_id": fact.incident_id,
        "version": fact.version,
        "event_id": fact.event_id,
        "type": fact.type,
        "occurred_at": fact.occurred_at.isoformat(),
        "event": INCIDENT_EVENT.dump_json(fact).decode(),
        **other,
    }


def rows(changes: Iterable[tuple[str, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Return DynamoDB stream records of (INSERT | MODIFY | REMOVE, row)."""
    return [_row(at, name, image) for at, (name, image) in enumerate(changes)]


def _row(at: int, name: str, image: Mapping[str, Any]) -> dict[str, Any]:
    write = TypeSerializer().serialize
    item = {key: write(value) for key, value in image.items()}
    return {
        "eventID": f"{at:08d}",
        "eventName": name,
        "eventSource": "aws:dynamodb",
        "eventVersion": "1.1",
        "awsRegion": "us-east-1",
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/events/stream/x",
        "dynamodb": {
            "Keys": {key: item[key] for key in ("incident_id", "version") if key in item},
            **({} if name == "REMOVE" else {"NewImage": item}),
            "SequenceNumber": f"{at:08d}",
            "SizeBytes": 1,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    }
