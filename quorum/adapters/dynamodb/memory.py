"""Past incidents in DynamoDB, compared within the calling function."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from boto3.dynamodb.conditions import Attr

from quorum.adapters.aws.aws_errors import raising
from quorum.adapters.dynamodb.items import Item, put_if
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.domain.errors import StoreUnavailableError
from quorum.domain.memories import Remembered, nothing_of
from quorum.domain.vectors import feature_cosine

SCANNED: Final = 1000
PAGE: Final = 250


class DynamoDBMemory:
    """`PastIncidents`: cosine similarity over named features, by scanning.

    This is no vector index. It reads at most `scanned` items, in the table's own order: with more
    incidents than that, some are never compared and a better match can be missed. A thousand items
    of two kilobytes cost 250 read units per query.
    """

    def __init__(self, table: DynamoDBTable, scanned: int = SCANNED) -> None:
        self._table, self._scanned = table, scanned

    def similar(self, fingerprint: Mapping[str, float], limit: int) -> Sequence[Remembered]:
        """Return the most similar past incidents, best first, without those of similarity 0."""
        scored = [
            incident.model_copy(
                update={"similarity": feature_cosine(fingerprint, incident.fingerprint)}
            )
            for incident in map(_remembered, self._scan())
        ]
        similar = [incident for incident in scored if incident.similarity > 0]
        return sorted(similar, key=lambda incident: (-incident.similarity, incident.incident_id))[
            :limit
        ]

    def remember(self, remembered: Remembered) -> None:
        """Store an ended incident; storing it again changes nothing."""
        put_if(self._table, _item(remembered), Attr("incident_id").not_exists())

    def forget(self, incident_id: str) -> None:
        """Replace what is stored of the incident by nothing."""
        with raising(StoreUnavailableError, f"write to {self._table.name}"):
            self._table.put_item(Item=_item(nothing_of(incident_id)))

    def remembered(self, limit: int) -> Sequence[Remembered]:
        """Return at most `limit` ended incidents of those scanned, in no particular order."""
        return [_remembered(item) for item in islice(self._scan(), limit)]

    def _scan(self) -> Iterator[Item]:
        remaining = self._scanned
        start: dict[str, Any] = {}
        while remaining > 0:
            with raising(StoreUnavailableError, f"read from {self._table.name}"):
                page = self._table.scan(Limit=min(PAGE, remaining), **start)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            remaining -= page["ScannedCount"]
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def _item(remembered: Remembered) -> Item:
    return {
        "incident_id": remembered.incident_id,
        "remembered": remembered.model_dump_json(exclude={"similarity"}),
    }


def _remembered(item: Item) -> Remembered:
    return Remembered.model_validate(json.loads(item["remembered"]))
