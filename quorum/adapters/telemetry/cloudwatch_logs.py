"""Log lines from CloudWatch Logs, read from the newest backwards."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from quorum.adapters.aws.aws_errors import code_of, raising
from quorum.domain.errors import SourceUnavailableError
from quorum.ports.telemetry import LogLine, Turn

if TYPE_CHECKING:
    from mypy_boto3_logs.client import CloudWatchLogsClient

FIRST_SLICE_SECONDS: Final = 30.0
SPARE: Final = 1.25
"""Factor by which a slice is longer than estimated, because no group logs evenly."""
GROWTH: Final = (0.5, 8.0)
"""Minimum and maximum factor between the lengths of one slice and the next older one."""
METRIC_LINES: Final = " ".join(
    f'?"{term}"'
    for term in (
        *("START RequestId: ", "END RequestId: ", "REPORT RequestId: "),
        *("platform.start", "platform.report", "CloudWatchMetrics"),
    )
)
"""The filter pattern of Lambda's own lines and of records in the embedded metric format."""
BUDGET_SECONDS: Final = 10.0


class CloudWatchLogs:
    """A `LogSource` over FilterLogEvents.

    The service returns the oldest lines first, so the range is read in slices from its end. Each is
    as long as the missing lines need at the rate of the slice read before: few lines of a busy
    group are read in vain, and a quiet group takes few calls. When the time budget is used up,
    incomplete slices are left out; if no slice is complete, it raises SourceUnavailableError.
    """

    def __init__(
        self,
        client: "CloudWatchLogsClient",
        *,
        turn: Turn | None = None,
        pattern: str = "",
        budget_seconds: float = BUDGET_SECONDS,
        elapsed: Callable[[], float] = monotonic,
    ) -> None:
        self._client, self._turn = client, turn
        self._filter: dict[str, Any] = {"filterPattern": pattern} if pattern else {}
        self._budget, self._elapsed = budget_seconds, elapsed
        self._next: dict[str, tuple[datetime, float]] = {}

    def lines(self, group: str, start: datetime, end: datetime, limit: int) -> Sequence[LogLine]:
        """Return the newest lines up to the limit, oldest first; empty for an unknown group."""
        deadline, newest = self._elapsed() + self._budget, list[LogLine]()
        high, length = end.timestamp(), self._first_length(group, end)
        while start.timestamp() < high and len(newest) < limit:
            low = max(start.timestamp(), high - length)
            slice_ = self._slice(group, (low, high), limit - len(newest), deadline)
            if slice_ is None and high == end.timestamp():
                raise SourceUnavailableError(f"logs of {group}: not read within {self._budget} s")
            if slice_ is None:
                break
            newest = [*slice_, *newest]
            high, length = low, length * _growth(len(slice_), limit - len(newest))
            self._next[group] = start, length
        return newest

    def _first_length(self, group: str, end: datetime) -> float:
        began, length = self._next.get(group, (None, FIRST_SLICE_SECONDS))
        longest = FIRST_SLICE_SECONDS * GROWTH[1]  # silence since the onset says little before it
        return min(longest, max(FIRST_SLICE_SECONDS, length if began == end else 0.0))

    def _slice(
        self, group: str, between: tuple[float, float], limit: int, deadline: float
    ) -> Sequence[LogLine] | None:
        """Return the slice's newest lines, oldest first, or None when the time budget ran out.

        Lines with the same time keep the service's order: they may be parts of one stack trace.
        """
        newest: deque[LogLine] = deque(maxlen=limit)
        for page in self._pages(group, *between, deadline):
            if page is None or self._elapsed() > deadline:
                return None
            newest.extend(page)
        return sorted(newest, key=lambda line: line.at)

    def _pages(
        self, group: str, low: float, high: float, deadline: float
    ) -> Iterator[list[LogLine] | None]:
        """Yield the pages; None where the next one has no turn before the deadline."""
        token: dict[str, Any] = {}
        while True:
            if self._turn is not None and not self._turn(deadline - self._elapsed()):
                yield None
                return
            with raising(SourceUnavailableError, f"logs of {group}"):
                try:
                    page = self._client.filter_log_events(
                        logGroupName=group,
                        startTime=round(low * 1000),
                        endTime=round(high * 1000) - 1,
                        **self._filter,
                        **token,
                    )
                except ClientError as error:
                    if code_of(error) != "ResourceNotFoundException":
                        raise
                    return
            yield [_line(event) for event in page["events"]]
            if not page.get("nextToken"):
                return
            token = {"nextToken": page["nextToken"]}


def _line(event: Any) -> LogLine:
    return LogLine(event["timestamp"] / 1000, event["message"], event.get("logStreamName", ""))


def _growth(read: int, missing: int) -> float:
    least, most = GROWTH
    return min(most, max(least, SPARE * missing / read)) if read else most
