"""The report of the coverage in the operations table, in as many items as its size takes."""

from collections.abc import Iterator
from typing import Final

from pydantic import TypeAdapter, ValidationError

from quorum.adapters.aws.aws_errors import raising
from quorum.adapters.dynamodb.items import get
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.domain.coverage import CoverageReport, Covered
from quorum.domain.errors import StoreUnavailableError

PART_BYTES: Final = 300_000
"""Below DynamoDB's maximum for an item, 400 KB. The coverage of one alarm is far smaller."""
KEPT_SECONDS: Final = 7 * 24 * 3600
"""Time to live of a part: also of those that a smaller report no longer replaces."""
_ALARMS: Final = TypeAdapter(tuple[Covered, ...])


class DynamoDBCoverageStore:
    """A `CoverageStore`. The first part is written last, and holds the number of parts.

    Parts of two reports that are read together still describe each alarm once.
    """

    def __init__(self, table: DynamoDBTable) -> None:
        self._table = table

    def put(self, report: CoverageReport) -> None:
        """Store the report's parts."""
        parts = list(_parts(report.alarms)) or [b"[]"]
        expires = int(report.at) + KEPT_SECONDS
        for number, body in reversed(list(enumerate(parts))):
            item = {"id": _key(number), "at": str(report.at), "parts": len(parts)}
            with raising(StoreUnavailableError, f"write to {self._table.name}"):
                self._table.put_item(Item={**item, "alarms": body.decode(), "expires": expires})

    def newest(self) -> CoverageReport | None:
        """Return the report, or None without one that this version can read."""
        first = get(self._table, {"id": _key(0)})
        if first is None:
            return None
        others = (get(self._table, {"id": _key(n)}) for n in range(1, int(first["parts"])))
        try:
            found = [
                covered
                for item in (first, *others)
                if item is not None
                for covered in _ALARMS.validate_json(item["alarms"])
            ]
        except ValidationError:
            return None
        once = {covered.alarm: covered for covered in reversed(found)}
        return CoverageReport(at=float(first["at"]), alarms=tuple(reversed(once.values())))


def _parts(alarms: tuple[Covered, ...]) -> Iterator[bytes]:
    """Yield JSON lists of the alarms, none larger than a part may be."""
    part: list[bytes] = []
    size = 0
    for covered in alarms:
        body = covered.model_dump_json().encode()
        if part and size + len(body) > PART_BYTES:
            yield b"[" + b",".join(part) + b"]"
            part, size = [], 0
        part.append(body)
        size += len(body) + 1
    if part:
        yield b"[" + b",".join(part) + b"]"


def _key(number: int) -> str:
    return f"coverage#{number}"
