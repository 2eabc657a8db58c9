"""The documented semantics of a Lambda event source mapping on a stream, as a model.

Kinesis and DynamoDB streams: batches in order; a reported failure checkpoints at the lowest failed
sequence number and the rest is retried; an exception, or a failure that names no record of the
batch, fails the batch as a whole, which is then halved (halving uses no retry); what is left when
the retries are used up goes to the on-failure destination and the shard moves on. Delivery is at
least once: records after a failed one are handled again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

StreamRecord = Mapping[str, Any]
Invoke = Callable[[dict[str, Any]], Mapping[str, Any] | None]


def sequence_of(record: StreamRecord) -> str:
    """Return the sequence number of a Kinesis or DynamoDB stream record."""
    if "kinesis" in record:
        return str(record["kinesis"]["sequenceNumber"])
    return str(record["dynamodb"]["SequenceNumber"])


@dataclass
class StreamMapping:
    """One mapping; `deliver` drives the handler `invoke(event)` with one shard's records."""

    invoke: Invoke
    batch_size: int = 100
    retries: int = 2
    bisect: bool = True
    report_item_failures: bool = True
    discarded: list[str] = field(default_factory=list)
    """Sequence numbers that went to the on-failure destination."""
    invocations: int = 0

    def deliver(self, records: Sequence[StreamRecord]) -> None:
        """Hand the records over, batch by batch, until each was handled or discarded."""
        for start in range(0, len(records), self.batch_size):
            self._batch(records[start : start + self.batch_size], self.retries)

    def _batch(self, batch: Sequence[StreamRecord], retries: int) -> None:
        while batch:
            done = self._invoke(batch)
            if done is None and self.bisect and len(batch) > 1:
                middle = len(batch) // 2
                self._batch(batch[:middle], retries)
                self._batch(batch[middle:], retries)
                return
            batch = batch[done or 0 :]
            retries -= 1
            if batch and retries < 0:
                self.discarded += [sequence_of(record) for record in batch]
                return

    def _invoke(self, batch: Sequence[StreamRecord]) -> int | None:
        """Return how many records are done, or None when the batch failed as a whole."""
        self.invocations += 1
        try:
            response = self.invoke({"Records": list(batch)}) or {}
        except Exception:  # noqa: BLE001 - whatever a handler raises fails its batch
            return None
        failures = response.get("batchItemFailures") or []
        if not self.report_item_failures or not failures:
            return len(batch)
        place = {sequence_of(record): at for at, record in enumerate(batch)}
        named = [place.get(str(failure.get("itemIdentifier"))) for failure in failures]
        return None if None in named else min(at for at in named if at is not None)
