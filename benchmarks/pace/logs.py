"""CloudWatch Logs of the shop's functions: Lambda's own lines and the application's."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from benchmarks.pace.facts import LOG_DELIVERY
from benchmarks.pace.limits import Bucket
from benchmarks.pace.traffic import Traffic
from quorum.ports.clock import Clock
from quorum.ports.telemetry import LogLine

PREFIX = "/aws/lambda/"
CULPRIT_ERROR = "TypeError: unsupported operand type(s) for *: 'NoneType' and 'int'"
EXTERNAL_ERROR = "ConnectTimeoutError: Connect timeout on endpoint URL: https://bank.example"
TABLE_ERROR = "ProvisionedThroughputExceededException on table {}"


class LogStore:
    """A `LogSource` over the traffic. Lines are there a few seconds after they were written."""

    def __init__(
        self, traffic: Traffic, clock: Clock, bucket: Bucket | None, *, platform_lines: bool
    ) -> None:
        self._traffic, self._clock = traffic, clock
        self._bucket, self._platform_lines = bucket, platform_lines

    def lines(self, group: str, start: datetime, end: datetime, limit: int) -> Sequence[LogLine]:
        """Return the newest lines, oldest first. Raises SourceUnavailableError when throttled."""
        if self._bucket is not None:
            self._bucket.call()
        function = group.removeprefix(PREFIX)
        if function not in self._traffic.routing:
            return ()
        low = start.timestamp()
        high = min(end.timestamp(), self._clock().timestamp() - LOG_DELIVERY)
        newest = self._traffic.newest(high)
        first = max(self._traffic.newest(low), newest - limit)
        found = [line for line in self._written(function, slice(first, newest)) if line.at >= low]
        return found[-limit:] if limit > 0 else []

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
            text = f'{{"level": "ERROR", "message": "{self._error(function)}"}}'
            yield LogLine(at + 0.001, text, stream)
        if self._platform_lines:
            end = at + took / 1000
            yield LogLine(end, f"END RequestId: {request}", stream)
            spent = f"Duration: {took:.2f} ms\tBilled Duration: {int(took) + 1} ms"
            memory = "Memory Size: 256 MB\tMax Memory Used: 91 MB"
            yield LogLine(end, f"REPORT RequestId: {request}\t{spent}\t{memory}\t", stream)

    def _error(self, function: str) -> str:
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


def _instance(function: str) -> str:
    return f"{sum(function.encode()):04x}a1b2c3d4"
