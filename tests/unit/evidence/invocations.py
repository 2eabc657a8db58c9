"""Log lines of a Lambda function as Lambda writes them, in both of its formats."""

import json
from collections.abc import Iterator
from typing import Any

from quorum.ports.telemetry import LogLine


def request_id(number: int) -> str:
    """Return the id of a request."""
    return f"{number:08x}-0000-4000-8000-000000000000"


def stream(version: str) -> str:
    """Return the name of a log stream of that version."""
    return f"2026/11/23/[{version}]0a1b2c3d"


def text(
    at: float, number: int, version: str = "3", *, status: str = "", inside: tuple[str, ...] = ()
) -> Iterator[LogLine]:
    """Yield the lines of one request of a text log, with the lines that the function printed."""
    request, where = request_id(number), stream(version)
    report = f"REPORT RequestId: {request}\tDuration: 20.50 ms\tBilled Duration: 21 ms\t"
    yield LogLine(at, f"START RequestId: {request} Version: {version}\n", where)
    yield from (LogLine(at + 0.01, message, where) for message in inside)
    yield LogLine(at + 0.02, f"END RequestId: {request}\n", where)
    yield LogLine(at + 0.02, f"{report}{f'Status: {status}' if status else ''}\n", where)


def as_json(
    at: float,
    number: int,
    version: str = "3",
    *,
    status: str = "success",
    inside: tuple[str, ...] = (),
) -> Iterator[LogLine]:
    """Yield the lines of one request of a JSON log, with the lines that the function printed."""
    where = stream(version)
    start = {"requestId": request_id(number), "version": version}
    report = {"requestId": request_id(number), "metrics": {"durationMs": 20.5}, "status": status}
    yield LogLine(at, event("platform.start", start), where)
    yield from (LogLine(at + 0.01, message, where) for message in inside)
    yield LogLine(at + 0.02, event("platform.report", report), where)


def event(kind: str, record: dict[str, Any]) -> str:
    """Return the text of an event."""
    return json.dumps({"time": "2026-11-23T12:00:00.000Z", "type": kind, "record": record})


def embedded(at: float, namespace: str, dimensions: dict[str, str], **values: Any) -> str:
    """Return a record in the embedded metric format."""
    directive = {
        "Namespace": namespace,
        "Dimensions": [list(dimensions)],
        "Metrics": [{"Name": name} for name in values],
    }
    about = {"Timestamp": round(at * 1000), "CloudWatchMetrics": [directive]}
    return json.dumps({"_aws": about, **dimensions, **values})
