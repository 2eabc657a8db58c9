"""The contract of log lines, for the fake and for CloudWatch Logs."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from quorum.adapters.telemetry.cloudwatch_logs import METRIC_LINES, CloudWatchLogs
from quorum.domain.errors import SourceUnavailableError
from quorum.ports.telemetry import LogLine, LogSource
from tests.fakes import InMemoryLogSource

GROUP = "/aws/lambda/checkout"
STREAM = "2026/11/23/[2]abc"
END = datetime.now(UTC).replace(microsecond=0)
START = END - timedelta(minutes=30)
SECONDS = (1790, 900, 300, 61, 59, 1)


PATTERNED = {
    "logGroupName": GROUP,
    "startTime": int(END.timestamp() * 1000) - 1000,
    "endTime": int(END.timestamp() * 1000) - 1,
    "filterPattern": METRIC_LINES,
}


def line(seconds_ago: float) -> LogLine:
    """Return the line that was logged so long before the end."""
    return LogLine(END.timestamp() - seconds_ago, f"line {seconds_ago}", STREAM)


@pytest.fixture(params=["in_memory", "cloudwatch"])
def source(request: pytest.FixtureRequest) -> LogSource:
    """Return the source with lines at `SECONDS` before the end, one older and one at the end."""
    lines = [line(at) for at in (1900, *SECONDS, 0)]
    if request.param == "in_memory":
        return InMemoryLogSource({GROUP: lines})
    client = boto3.client("logs")
    client.create_log_group(logGroupName=GROUP)
    client.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)
    client.put_log_events(
        logGroupName=GROUP,
        logStreamName=STREAM,
        logEvents=[{"timestamp": round(at * 1000), "message": m} for at, m, _ in lines],
    )
    return CloudWatchLogs(client)


def test_lines_come_oldest_first_from_start_up_to_the_end(source: LogSource) -> None:
    assert list(source.lines(GROUP, START, END, 100)) == [line(at) for at in SECONDS]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
def test_newest_of_too_many_lines_are_kept(source: LogSource, limit: int) -> None:
    newest = [line(at) for at in SECONDS][-limit:]
    assert list(source.lines(GROUP, START, END, limit)) == newest


def test_lines_of_one_time_stay_in_the_order_they_were_written() -> None:
    words = ("Traceback:", "  b", "  a", "KeyError")
    written = [LogLine(END.timestamp() - 7, word, STREAM) for word in words]
    client = boto3.client("logs")
    client.create_log_group(logGroupName=GROUP)
    client.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)
    client.put_log_events(
        logGroupName=GROUP,
        logStreamName=STREAM,
        logEvents=[{"timestamp": round(at * 1000), "message": m} for at, m, _ in written],
    )
    for source in (InMemoryLogSource({GROUP: written}), CloudWatchLogs(client)):
        assert list(source.lines(GROUP, START, END, 10)) == written


def test_an_unknown_group_has_no_lines(source: LogSource) -> None:
    assert list(source.lines("/aws/lambda/unknown", START, END, 10)) == []


def test_empty_time_range_has_no_lines(source: LogSource) -> None:
    assert list(source.lines(GROUP, END, END, 10)) == []


def test_limit_of_zero_lines_returns_none(source: LogSource) -> None:
    assert list(source.lines(GROUP, START, END, 0)) == []


def test_a_pattern_selects_the_lines_with_metrics() -> None:
    """As in the service, terms with `?` select a line that holds any of them."""
    request = "0a1b2c3d-0000-4000-8000-000000000000"
    selected = [
        f"START RequestId: {request} Version: 2",
        f"END RequestId: {request}",
        f"REPORT RequestId: {request}\tDuration: 3.00 ms",
        '{"type": "platform.start", "record": {}}',
        '{"type": "platform.report", "record": {}}',
        '{"_aws": {"CloudWatchMetrics": []}}',
    ]
    client = boto3.client("logs")
    with Stubber(client) as stubber:
        stubber.add_response("filter_log_events", {"events": []}, PATTERNED)
        CloudWatchLogs(client, pattern=METRIC_LINES).lines(
            GROUP, END - timedelta(seconds=1), END, 10
        )
    terms = [term.strip('?"') for term in METRIC_LINES.split(" ?")]
    for text in (*selected, "served order 7", '{"level": "ERROR"}'):
        assert any(term in text for term in terms) == (text in selected), text


class Pages:
    """A client that answers each slice in pages, oldest first, and notes the slices."""

    def __init__(self, per_slice: int) -> None:
        self._per_slice = per_slice
        self.slices: list[tuple[int, int]] = []

    def filter_log_events(self, **request: Any) -> Any:
        low, high = request["startTime"], request["endTime"]
        page = int(request.get("nextToken", 0))
        if not page:
            self.slices.append((low, high))
        at = low + (high - low) * page // self._per_slice
        answer = {"events": [{"timestamp": at, "message": f"page {page}"}]}
        last = page + 1 == self._per_slice
        return answer if last else {**answer, "nextToken": str(page + 1)}


def test_the_range_is_read_from_its_end_and_no_further_than_needed() -> None:
    pages = Pages(per_slice=3)
    found = CloudWatchLogs(pages).lines(GROUP, START, END, 4)  # type: ignore[arg-type]
    end = int(END.timestamp() * 1000)
    assert pages.slices == [(end - 30_000, end - 1), (end - 45_000, end - 30_001)]
    assert [one.message for one in found] == ["page 2", "page 0", "page 1", "page 2"]


def test_slice_length_follows_the_number_of_missing_lines() -> None:
    pages = Pages(per_slice=10)
    CloudWatchLogs(pages).lines(GROUP, START, END, 26)  # type: ignore[arg-type]
    end = int(END.timestamp() * 1000)
    assert pages.slices == [
        (end - 30_000, end - 1),
        (end - 90_000, end - 30_001),  # 16 are missing, at ten in 30 seconds, and a quarter more
        (end - 135_000, end - 90_001),
    ]


def test_a_quiet_group_is_read_in_few_calls() -> None:
    pages = Pages(per_slice=1)
    CloudWatchLogs(pages).lines(GROUP, START, END, 500)  # type: ignore[arg-type]
    assert len(pages.slices) == 3


def test_the_slices_cover_the_range_without_gap_or_overlap() -> None:
    pages = Pages(per_slice=1)
    CloudWatchLogs(pages).lines(GROUP, START, END, 100)  # type: ignore[arg-type]
    edges = [(low, high + 1) for low, high in pages.slices]
    assert edges[0][1] == END.timestamp() * 1000
    assert edges[-1][0] == START.timestamp() * 1000
    assert all(later[0] == earlier[1] for later, earlier in pairwise(edges))


def test_slices_beyond_the_time_budget_are_left_out() -> None:
    clock = iter([0.0, *range(1, 100)])
    logs = CloudWatchLogs(
        Pages(per_slice=3),  # type: ignore[arg-type]
        budget_seconds=4,
        elapsed=lambda: next(clock),
    )
    assert len(logs.lines(GROUP, START, END, 100)) == 3


def test_each_page_has_a_turn_within_what_is_left_of_the_time() -> None:
    clock, left = iter(range(100)), list[float]()

    def turn(seconds: float) -> bool:
        left.append(seconds)
        return True

    logs = CloudWatchLogs(
        Pages(per_slice=3),  # type: ignore[arg-type]
        turn=turn,
        budget_seconds=20,
        elapsed=lambda: next(clock),
    )
    assert len(logs.lines(GROUP, START, END, 4)) == 4
    assert left == [19, 17, 15, 13, 11, 9]


def test_slices_without_a_turn_are_left_out_and_a_range_without_one_is_an_error() -> None:
    turns = iter([True] * 4 + [False] * 2)
    logs = CloudWatchLogs(
        Pages(per_slice=3),  # type: ignore[arg-type]
        turn=lambda _: next(turns),
    )
    assert len(logs.lines(GROUP, START, END, 100)) == 3
    with pytest.raises(SourceUnavailableError, match="not read within"):
        logs.lines(GROUP, START, END, 100)


def test_the_range_before_goes_on_with_the_length_of_the_range_after() -> None:
    """At most eight times the first slice's: silence since the onset says little before it."""
    pages = Pages(per_slice=1)
    logs = CloudWatchLogs(pages)  # type: ignore[arg-type]
    logs.lines(GROUP, END - timedelta(minutes=2), END, 500)
    logs.lines(GROUP, START, END - timedelta(minutes=2), 500)
    end = int(END.timestamp() * 1000)
    assert pages.slices[:3] == [
        (end - 30_000, end - 1),
        (end - 120_000, end - 30_001),
        (
            end - 360_000,
            end - 120_001,
        ),
    ]
    logs.lines(GROUP, START, END, 1)
    assert pages.slices[-1] == (end - 30_000, end - 1), "another range begins anew"


def test_time_budget_without_a_single_slice_is_an_error() -> None:
    clock = iter([0.0, *range(1, 100)])
    logs = CloudWatchLogs(
        Pages(per_slice=3),  # type: ignore[arg-type]
        budget_seconds=2,
        elapsed=lambda: next(clock),
    )
    with pytest.raises(SourceUnavailableError, match="not read within"):
        logs.lines(GROUP, START, END, 100)


def test_refused_call_is_an_error_and_not_an_empty_log() -> None:
    client = boto3.client("logs")
    with Stubber(client) as stubber:
        stubber.add_client_error("filter_log_events", "AccessDeniedException")
        with pytest.raises(SourceUnavailableError, match="AccessDenied"):
            CloudWatchLogs(client).lines(GROUP, START, END, 10)
