"""Metrics of a Lambda function from its log lines, which arrive in seconds, not in minutes.

Read are Lambda's own lines (START, END and REPORT, or JSON events `platform.*`) and records in the
embedded metric format. A log stream is one sandbox, which serves one request after the other, and
its name holds the version.

Any line of a stream can come from the function: Lambda marks its own lines by nothing. They count
only in the order in which Lambda writes them, each with the id of the request that is running.
Text of a caller that a function logs would need that id, which Lambda draws. One line out of order
shows an imitation, and then no line counts. The function's own code can print whatever it wants;
it can also publish whatever it wants as a metric. Errors of a text log are known by REPORT's status
alone (timeouts, crashes): a logged exception can be a caller's text. A record in the embedded
format is a metric once CloudWatch has read it, so reading it earlier trusts no one else.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final, NamedTuple

from functions.evidence.log_lines import version_of
from quorum.domain.errors import InvalidInputError
from quorum.domain.untrusted_json import read_json
from quorum.ports.telemetry import LogLine

MOST_CHARACTERS: Final = 8192
MOST_VALUES: Final = 1000
"""Values of one embedded record; more are not legal there."""
MOST_METRICS: Final = 200
MOST_SAMPLES: Final = 50_000
"""More are not read: one embedded record can state a number for many metrics and dimensions."""
LAMBDA: Final = "AWS/Lambda"
_ID: Final = r"([0-9a-fA-F-]{36})"
_START: Final = re.compile(rf"START RequestId: {_ID} Version: (\S{{1,20}})\s*$")
_END: Final = re.compile(rf"END RequestId: {_ID}\s*$")
_REPORT: Final = re.compile(
    rf"REPORT RequestId: {_ID}\s+Duration: ([0-9]{{1,9}}(?:\.[0-9]{{1,6}})?) ms\b"
)
_STATUS: Final = re.compile(r"\bStatus: (\w{1,20})")
_PLATFORM: Final = re.compile(r"(?:START|END|REPORT) RequestId: ")

Identity = tuple[str, str, frozenset[tuple[str, str]]]
"""Namespace, name and dimensions of a metric."""
Sample = tuple[float, float]
"""Time and value."""


class LoggedMetrics(NamedTuple):
    """Samples of metrics, complete between two times."""

    since: float
    until: float
    """Requests that began from here on may still be running."""
    samples: Mapping[Identity, Sequence[Sample]]
    errors_known: bool
    """False for a text log, which does not distinguish failed requests from successful ones."""


@dataclass(slots=True)
class _Sandbox:
    """A log stream while its lines are read: the request that is running."""

    version: str
    request: str | None = None
    began: float = 0.0
    ended: bool = False
    known: bool = False
    """A START has been seen: before the first one the range may cut a request in two."""


class _Line(NamedTuple):
    """One of Lambda's own lines."""

    kind: str
    request: str
    version: str = ""
    milliseconds: float = 0.0
    failed: bool = False
    ended: bool = False
    """True for a JSON event: these have no END before the report."""


class UnreliableLogError(Exception):
    """A line looks like one of Lambda's and cannot be one, or there are too many numbers."""


@dataclass(slots=True)
class _Reader:
    function: str
    alias: str | None
    samples: dict[Identity, list[Sample]] = field(default_factory=dict)
    sandboxes: dict[str, _Sandbox] = field(default_factory=dict)
    text: bool = False
    count: int = 0

    def read(self, line: LogLine) -> None:
        message = line.message[:MOST_CHARACTERS].strip()
        record = _record(message)
        if record is not None and "_aws" in record:
            self._embedded(record)
        found = _of_text(message) if record is None else _of_record(record)
        version = version_of(line.stream)
        if found is not None and version is not None:
            self.text |= record is None
            sandbox = self.sandboxes.setdefault(line.stream, _Sandbox(version))
            self._advance(sandbox, found, line.at)

    def _advance(self, sandbox: _Sandbox, line: _Line, at: float) -> None:
        if line.kind == "start":
            if sandbox.request is not None or line.version != sandbox.version:
                raise UnreliableLogError(line.kind)
            sandbox.request, sandbox.began = line.request, at
            sandbox.ended, sandbox.known = line.ended, True
            return
        if not sandbox.known:
            return
        early = line.kind == "report" and not sandbox.ended
        if line.request != sandbox.request or early or (line.kind == "end" and sandbox.ended):
            raise UnreliableLogError(line.kind)
        if line.kind == "end":
            sandbox.ended = True
            return
        sandbox.request = None
        for dimensions in self._dimensions(sandbox.version):
            values = {"Invocations": 1.0, "Errors": float(line.failed)}
            for name, value in {**values, "Duration": line.milliseconds}.items():
                self._add((LAMBDA, name, dimensions), (sandbox.began, value))

    def _dimensions(self, version: str) -> Iterator[frozenset[tuple[str, str]]]:
        whole = ("FunctionName", self.function)
        yield frozenset({whole})
        if self.alias is not None:
            through = ("Resource", f"{self.function}:{self.alias}")
            yield frozenset({whole, through, ("ExecutedVersion", version)})

    def _embedded(self, record: Mapping[str, Any]) -> None:
        about = record["_aws"]
        at = about.get("Timestamp") if isinstance(about, dict) else None
        if not isinstance(at, int) or isinstance(at, bool):
            return
        for directive in _objects(about.get("CloudWatchMetrics")):
            sets = [one for one in _list(directive.get("Dimensions")) if isinstance(one, list)]
            for metric in _objects(directive.get("Metrics")):
                name, namespace = str(metric.get("Name")), str(directive.get("Namespace"))
                for keys in sets or [[]]:
                    dimensions = frozenset((str(k), str(record.get(str(k)))) for k in keys)
                    for value in _values(record.get(name)):
                        self._add((namespace, name, dimensions), (at / 1000, value))

    def _add(self, identity: Identity, sample: Sample) -> None:
        self.count += 1
        if self.count > MOST_SAMPLES:
            raise UnreliableLogError("too many numbers")
        if identity in self.samples or len(self.samples) < MOST_METRICS:
            self.samples.setdefault(identity, []).append(sample)


def logged_metrics(
    function: str, alias: str | None, lines: Sequence[LogLine], until: float
) -> LoggedMetrics | None:
    """Return the metrics in a function's newest lines; None where they cannot be relied on.

    `lines` are all lines between the oldest of them and `until`, of each stream in their order:
    what is older may be missing, so numbers are complete from the oldest line on alone.
    """
    reader = _Reader(function, alias)
    try:
        for line in sorted(lines, key=lambda one: one.at):
            reader.read(line)
    except UnreliableLogError:
        return None
    if not reader.samples:
        return None
    running = [s.began for s in reader.sandboxes.values() if s.request is not None]
    return LoggedMetrics(
        since=min(line.at for line in lines),
        until=min([until, *running]),
        samples=reader.samples,
        errors_known=not reader.text,
    )


def _of_text(message: str) -> _Line | None:
    if not _PLATFORM.match(message):
        return None
    if start := _START.match(message):
        return _Line("start", start.group(1), start.group(2))
    if end := _END.match(message):
        return _Line("end", end.group(1))
    if report := _REPORT.match(message):
        status = _STATUS.search(message)
        failed = status is not None and status.group(1) != "success"
        return _Line("report", report.group(1), milliseconds=float(report.group(2)), failed=failed)
    return None


def _of_record(record: Mapping[str, Any]) -> _Line | None:
    """Return a JSON event as a line; `runtimeDone` is absent by default, so it is not needed."""
    kind, inner = record.get("type"), record.get("record")
    if not isinstance(inner, dict):
        return None
    request = str(inner.get("requestId"))
    if kind == "platform.start":
        return _Line("start", request, str(inner.get("version")), ended=True)
    if kind != "platform.report":
        return None
    metrics = inner.get("metrics")
    duration = metrics.get("durationMs") if isinstance(metrics, dict) else None
    milliseconds = float(duration) if isinstance(duration, int | float) else 0.0
    return _Line(
        "report",
        request,
        milliseconds=milliseconds,
        failed=inner.get("status", "success") != "success",
    )


def _record(message: str) -> Mapping[str, Any] | None:
    if not message.startswith("{"):
        return None
    try:
        found = read_json(message, MOST_CHARACTERS)
    except InvalidInputError:
        return None
    return found if isinstance(found, dict) else None


def _values(value: Any) -> list[float]:
    found = value if isinstance(value, list) else [value]
    numbers = (v for v in found[:MOST_VALUES] if isinstance(v, int | float))
    return [float(v) for v in numbers if not isinstance(v, bool) and isfinite(v)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _objects(value: Any) -> Iterable[Mapping[str, Any]]:
    return (one for one in _list(value) if isinstance(one, dict))
