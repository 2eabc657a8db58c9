"""One function of the shop; its environment names the next function, the table and the queue."""

import json
import os
from typing import Any

from . import aws, downstream, settings, storage, telemetry
from .order import parse

SETTING, PARAMETER = os.environ.get("SETTING", ""), os.environ.get("PARAMETER", "")
NEXT, QUEUE, TABLE = (os.environ.get(name, "") for name in ("NEXT", "QUEUE", "TABLE"))


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Serve an order, or a batch of parcels from the queue."""
    with telemetry.observed(context.aws_request_id) as counts:
        if "Records" in event:
            return _parcels(event["Records"], counts)
        return _serve(event)


def _serve(event: dict[str, Any]) -> dict[str, Any]:
    order = parse(event)
    answer = settings.apply(SETTING, PARAMETER, order)
    if QUEUE:
        aws.SQS.send_message(QueueUrl=QUEUE, MessageBody=json.dumps({"item": order.item}))
    if TABLE:
        answer |= storage.take(TABLE, order)
    if NEXT:
        answer |= downstream.call(NEXT, event)
    return answer


def _parcels(records: list[dict[str, Any]], counts: dict[str, float]) -> dict[str, Any]:
    """Handle each message; return those that cannot be parsed as failures."""
    failures = []
    for record in records:
        try:
            storage.note_parcel(TABLE, json.loads(record["body"])["item"])
        except (KeyError, ValueError) as error:
            telemetry.log("ERROR", record["messageId"], f"unreadable parcel: {error}")
            failures.append({"itemIdentifier": record["messageId"]})
    counts |= {"Requests": len(records), "Errors": len(failures)}
    return {"batchItemFailures": failures}
