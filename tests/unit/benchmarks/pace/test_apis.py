"""Logs, throttling, and the account's settings in the model."""

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from benchmarks.pace.account import Account, LambdaClient, new_function
from benchmarks.pace.facts import LOG_DELIVERY, STALE_SECONDS
from benchmarks.pace.limits import Bucket, ThrottledError
from benchmarks.pace.logs import LogStore
from quorum.domain.errors import SourceUnavailableError
from tests.fakes import FakeClock
from tests.unit.benchmarks.pace.shops import START, broken, traffic

GROUP = "/aws/lambda/pay"


def clock(seconds: float = 600) -> FakeClock:
    return FakeClock(datetime.fromtimestamp(START + seconds, UTC))


def bucket(rate: int, now: FakeClock) -> Bucket:
    return Bucket("api", rate, now, random.Random(1))  # noqa: S311


def test_lines_name_the_version_and_the_error_and_arrive_within_seconds() -> None:
    now = clock()
    logs = LogStore(broken(), now, bucket(99, now), platform_lines=True)
    lines = logs.lines(GROUP, now() - timedelta(minutes=30), now(), 500)
    assert len(lines) == 500
    assert lines == sorted(lines, key=lambda line: line.at)
    assert now().timestamp() - LOG_DELIVERY - 3 < lines[-1].at <= now().timestamp() - LOG_DELIVERY
    assert all("[8]" in line.stream for line in lines)
    assert any("TypeError" in line.message for line in lines)
    assert any(line.message.startswith("REPORT RequestId") for line in lines)


def test_an_unknown_group_has_no_lines() -> None:
    now = clock()
    logs = LogStore(traffic(), now, bucket(99, now), platform_lines=False)
    assert logs.lines("/aws/lambda/none", now() - timedelta(minutes=5), now(), 5) == []


def test_a_filter_pattern_selects_lines() -> None:
    now = clock()
    client = LogStore(broken(), now, bucket(99, now), platform_lines=True).client
    span = {"logGroupName": GROUP, "startTime": 1000 * START, "endTime": 1000 * (START + 60)}
    any_of = client.filter_log_events(**span, filterPattern='?"START RequestId" ?"REPORT"')
    assert any_of["events"]
    assert all(e["message"][:5] in {"START", "REPOR"} for e in any_of["events"])
    assert not client.filter_log_events(**span, filterPattern='"START" "REPORT"')["events"]


def test_throttled_groups_are_lost_as_the_accounts_limit_says() -> None:
    now = clock()
    logs = LogStore(traffic(10), now, bucket(1, now), platform_lines=False)
    lost = 0
    for _ in range(6):
        try:
            logs.lines(GROUP, now() - timedelta(minutes=50), now(), 500)
        except SourceUnavailableError:
            lost += 1
    assert 0 < lost < 6


def test_a_bucket_grants_so_many_calls_in_any_second() -> None:
    now = clock()
    full = bucket(5, now)
    ends = []
    for _ in range(40):
        with suppress(ThrottledError):
            ends.append(full.call())
    assert 5 < len(ends) < 40
    for first in ends:
        for last in ends:
            within = sum(first <= one <= last for one in ends)
            assert within <= 5 * (1 + max(0.0, last - first)) + 1e-9
    now.advance(60)
    assert full.call() < 1


def test_reads_may_miss_the_newest_write_for_seconds_and_conditions_do_not() -> None:
    now = clock()
    account = Account(now, traffic(), random.Random(1))  # noqa: S311
    account.put("lambda:pay", START - 1000, **new_function("7"))
    client = LambdaClient(account)
    known = {"FunctionName": "pay", "Name": "live"}
    client.update_alias(**known, FunctionVersion="8", RevisionId="r-7")
    seen = {client.get_alias(**known)["FunctionVersion"] for _ in range(50)}
    assert seen == {"7", "8"}
    with pytest.raises(ClientError, match="PreconditionFailed"):
        client.update_alias(**known, FunctionVersion="9", RevisionId="r-7")
    now.advance(STALE_SECONDS)
    assert {client.get_alias(**known)["FunctionVersion"] for _ in range(50)} == {"8"}
    assert account.traffic.routing["pay"][-1][1] == "8"
