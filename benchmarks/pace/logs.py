"""CloudWatch Logs of the shop's functions: Lambda's own lines and the application's.

FilterLogEvents is modelled, and the product's own adapter reads through it: how many requests it
makes, and which of them are throttled, is its doing.
"""

import re
from collections.abc import Iterator, Sequence
from copy import copy
from datetime import datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError

from benchmarks.pace.facts import CALL_SECONDS, LOG_DELIVERY, PAGE_EVENTS
from benchmarks.pace.limits import Bucket, ThrottledError
from benchmarks.pace.traffic import Traffic
from quorum.adapters.telemetry.cloudwatch_logs import METRIC_LINES, CloudWatchLogs
from quorum.application.request_limiter import RequestLimiter
from quorum.ports.clock import Clock
from quorum.ports.telemetry import LogLine, Turn
from tests.fakes import InMemoryRequestTurns

PREFIX: Final = "/aws/lambda/"
OTHERS_WAIT: Final = 1.5
OTHERS_AT_ONCE: Final = 4
"""As the handler of evidence wires the reader of logs that no candidate needs."""
CULPRIT_ERROR: Final = "TypeError: unsupported operand type(s) for *: 'NoneType' and 'int'"
EXTERNAL_ERROR: Final = "ConnectTimeoutError: Connect timeout on endpoint URL: https://bank.example"
TABLE_ERROR: Final = "ProvisionedThroughputExceededException on table {}"
_TERM: Final = re.compile(r'(\?)?"([^"]*)"')


class LogStore:
    """A `LogSource`: the product's adapter over the model of FilterLogEvents."""

    def __init__(
        self, traffic: Traffic, clock: Clock, bucket: Bucket, *, platform_lines: bool
    ) -> None:
        self.client = LogsClient(traffic, clock, bucket, platform_lines=platform_lines)
        turns = InMemoryRequestTurns()
        self._limiter = RequestLimiter(turns, now=self.client.now, sleep=self.client.sleep)
        self._adapter = self._reader(self._limiter.of("FilterLogEvents"))

    def reports(self) -> "LogStore":
        """Return the reader of the lines with a function's metrics, as the handler wires it."""
        return self._other(self._reader(self._limiter.of("FilterLogEvents"), METRIC_LINES))

    def others(self) -> "LogStore":
        """Return the reader of logs that no candidate needs, as the handler wires it."""
        turn = self._limiter.of("FilterLogEvents", longest=OTHERS_WAIT, at_once=OTHERS_AT_ONCE)
        return self._other(self._reader(turn))

    def _other(self, adapter: CloudWatchLogs) -> "LogStore":
        found = copy(self)
        found._adapter = adapter  # noqa: SLF001 - its own copy
        return found

    def _reader(self, turn: Turn, pattern: str = "") -> CloudWatchLogs:
        return CloudWatchLogs(
            self.client.as_boto(), turn=turn, pattern=pattern, elapsed=lambda: self.client.elapsed
        )

    def lines(self, group: str, start: datetime, end: datetime, limit: int) -> Sequence[LogLine]:
        """Return the newest lines, oldest first, or raise as the adapter does."""
        self.client.start()
        return self._adapter.lines(group, start, end, limit)


class LogsClient:
    """FilterLogEvents over the traffic; its time passes on a stopwatch, not on the clock.

    Calls that the product makes in parallel start at the same time, each with `start`.
    """

    def __init__(
        self, traffic: Traffic, clock: Clock, bucket: Bucket, *, platform_lines: bool
    ) -> None:
        self._traffic, self._clock = traffic, clock
        self._bucket, self._platform_lines = bucket, platform_lines
        self.elapsed = 0.0

    def as_boto(self) -> Any:
        """Return the client as the adapter's type of client, which it stands for."""
        return self

    def start(self) -> None:
        """Start a call of the product."""
        self.elapsed = 0.0

    def now(self) -> datetime:
        """Return the time on the stopwatch."""
        return self._clock() + timedelta(seconds=self.elapsed)

    def sleep(self, seconds: float) -> None:
        """Let time pass on the stopwatch."""
        self.elapsed += seconds

    def filter_log_events(self, **request: Any) -> dict[str, Any]:
        """Return a page of events, the oldest first. Raises ClientError as the service does."""
        try:
            self.elapsed = self._bucket.call(self.elapsed)
        except ThrottledError as error:
            self.elapsed = error.elapsed
            raise _error("ThrottlingException", 400) from error
        function = str(request["logGroupName"]).removeprefix(PREFIX)
        if function not in self._traffic.routing or function in self._traffic.silent:
            raise _error("ResourceNotFoundException", 400)
        low, high = request["startTime"] / 1000, (request["endTime"] + 1) / 1000
        high = min(high, self._clock().timestamp() + self.elapsed - CALL_SECONDS - LOG_DELIVERY)
        wanted = _matcher(request.get("filterPattern", ""))
        found = [one for one in self._events(function, low, high) if wanted(one["message"])]
        first = int(request.get("nextToken", 0))
        page = {"events": found[first : first + PAGE_EVENTS]}
        more = first + PAGE_EVENTS < len(found)
        return {**page, "nextToken": str(first + PAGE_EVENTS)} if more else page

    def _events(self, function: str, low: float, high: float) -> list[dict[str, Any]]:
        """Return the events written from `low` to before `high`, by time."""
        longest = 60.0  # a request's last line is written that long after its first at most
        span = slice(self._traffic.newest(low - longest), self._traffic.newest(high))
        lines = (line for line in self._written(function, span) if low <= line.at < high)
        return [
            {
                "timestamp": int(line.at * 1000),
                "message": line.message,
                "logStreamName": line.stream,
            }
            for line in sorted(lines, key=lambda line: line.at)
        ]

    def _written(self, function: str, span: slice) -> Iterator[LogLine]:
        if span.start >= span.stop:
            return
        failed, ms = self._traffic.outcome(function, span)
        versions = self._traffic.versions(function, span)
        rows = zip(self._traffic.times[span], failed, ms, versions, strict=True)
        for number, (at, bad, took, version) in enumerate(rows, span.start):
            yield from self._request(function, number, (float(at), bool(bad), took, str(version)))

    def _request(
        self, function: str, number: int, row: tuple[float, bool, float, str]
    ) -> Iterator[LogLine]:
        at, bad, took, version = row
        stream = f"2026/11/23/[{version}]{_instance(function)}"
        request = f"{number:08x}-1f2e-4d3c-8b5a-{number:012x}"
        if self._platform_lines:
            yield LogLine(at, f"START RequestId: {request} Version: {version}", stream)
        yield LogLine(at, f"served order {int(at)} in {int(took)} ms", stream)
        if bad:
            text = f'{{"level": "ERROR", "message": "{self._error_text(function)}"}}'
            yield LogLine(at + 0.001, text, stream)
        if self._platform_lines:
            end = at + took / 1000
            yield LogLine(end, f"END RequestId: {request}", stream)
            spent = f"Duration: {took:.2f} ms\tBilled Duration: {int(took) + 1} ms"
            memory = "Memory Size: 256 MB\tMax Memory Used: 91 MB"
            yield LogLine(end, f"REPORT RequestId: {request}\t{spent}\t{memory}\t", stream)

    def _error_text(self, function: str) -> str:
        faulty = {fault.function for fault in self._traffic.faults}
        callees = [c for c in self._traffic.calls.get(function, ()) if c in self._below(faulty)]
        if callees and callees[0] in self._traffic.silent:
            return TABLE_ERROR.format(callees[0])
        if callees:
            return f"DownstreamError: {callees[0]} failed"
        outside = any(f.function == function and f.version is None for f in self._traffic.faults)
        return EXTERNAL_ERROR if outside else CULPRIT_ERROR

    def _below(self, faulty: set[str]) -> set[str]:
        """Return the faulty functions and all that call one of them."""
        found = set(faulty)
        while True:
            more = {f for f, below in self._traffic.calls.items() if found & set(below)} - found
            if not more:
                return found
            found |= more


def _matcher(pattern: str) -> Any:
    """Return a test of a message for a filter pattern of quoted terms: all, or any with `?`."""
    terms = _TERM.findall(pattern)
    if pattern and not terms:
        raise NotImplementedError(f"the filter pattern {pattern}")
    any_of = bool(terms) and bool(terms[0][0])
    test = any if any_of else all
    return lambda message: not terms or test(term in message for _, term in terms)


def _instance(function: str) -> str:
    return f"{sum(function.encode()):04x}a1b2c3d4"


def _error(code: str, status: int) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": "Rate exceeded"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "FilterLogEvents")
