"""Occurrences of known problems in DynamoDB, in the table of the memory.

Items, by partition and sort key:

    incident#ID   occurrence   the incident's occurrence, or that it is forgotten
    incident#ID   finished     the revision whose entries are all in the memory
    problem#ID    incident id  the same occurrence, to list those of a problem
"""

import json
from collections.abc import Sequence

from boto3.dynamodb.conditions import Attr, Key

from quorum.adapters.dynamodb.items import Item, get, put_if
from quorum.adapters.dynamodb.items import query as query_all
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.domain.known_problems import Occurrence
from quorum.domain.memory_entries import EntryId


class DynamoDBOccurrences:
    """`Occurrences`."""

    def __init__(self, table: DynamoDBTable) -> None:
        self._table = table

    def put(self, occurrence: Occurrence) -> bool:
        """Store the occurrence; return False when a higher revision is stored."""
        content = {"revision": occurrence.revision, "content": occurrence.model_dump_json()}
        if not self._put({**_incident(occurrence.incident_id, "occurrence"), **content}):
            return False
        if occurrence.problem is None:
            return True
        listed = {"shelf": f"problem#{occurrence.problem}", "entry": occurrence.incident_id}
        return self._put({**listed, **content})

    def find(self, incident_id: str) -> Occurrence | None:
        """Return the incident's occurrence, or None."""
        found = get(self._table, _incident(incident_id, "occurrence"))
        return None if found is None else _occurrence(found)

    def of(self, problem: EntryId) -> Sequence[Occurrence]:
        """Return the problem's occurrences, forgotten ones included."""
        shelf = Key("shelf").eq(f"problem#{problem}")
        found = query_all(self._table, KeyConditionExpression=shelf, ConsistentRead=True)
        return [_occurrence(item) for item in found]

    def finish(self, occurrence: Occurrence) -> None:
        """Record that all entries of this revision are in the memory."""
        mark = {"revision": occurrence.revision}
        self._put({**_incident(occurrence.incident_id, "finished"), **mark})

    def finished(self, occurrence: Occurrence) -> bool:
        """Return whether `finish` was called for this revision or a higher one."""
        found = get(self._table, _incident(occurrence.incident_id, "finished"))
        return found is not None and found["revision"] >= occurrence.revision

    def _put(self, item: Item) -> bool:
        not_newer = Attr("revision").not_exists() | Attr("revision").lte(item["revision"])
        return put_if(self._table, item, not_newer) is None


def _incident(incident_id: str, entry: str) -> Item:
    return {"shelf": f"incident#{incident_id}", "entry": entry}


def _occurrence(item: Item) -> Occurrence:
    return Occurrence.model_validate(json.loads(item["content"]))
