"""The stream of incident events in Kinesis."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from quorum.adapters.aws.aws_errors import raising
from quorum.domain.errors import StoreUnavailableError
from quorum.ports.log import Published

if TYPE_CHECKING:
    from mypy_boto3_kinesis.client import KinesisClient

RECORDS: Final = 500


class KinesisPublisher:
    """A `Publisher` over PutRecords, which does not preserve order: readers go by version."""

    def __init__(self, client: "KinesisClient", stream: str) -> None:
        self._client, self._stream = client, stream

    def publish(self, records: Sequence[Published]) -> Sequence[int]:
        """Send the records; return the positions of those that the stream rejected."""
        refused: list[int] = []
        for first in range(0, len(records), RECORDS):
            with raising(StoreUnavailableError, f"stream {self._stream}"):
                response = self._client.put_records(
                    StreamName=self._stream,
                    Records=[
                        {"Data": record.data, "PartitionKey": record.key}
                        for record in records[first : first + RECORDS]
                    ],
                )
            results = enumerate(response["Records"], start=first)
            refused += [at for at, result in results if result.get("ErrorCode")]
        return refused
