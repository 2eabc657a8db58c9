"""Parts of a log line, and the parts that it shares with the next one."""

import json

import pytest

from functions.evidence.log_lines import LogEvent, read_event, version_of
from functions.evidence.masking import mask
from functions.evidence.stack_frames import Location

PLATFORM = '{"type": "platform.report", "record": {"status": "timeout"}}'


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("took 12.5 ms for 3 items", "took <n> ms for <n> items"),
        ("order 7f3c6f9e-1a2b-4c3d-8e4f-5a6b7c8d9e0f lost", "order <id> lost"),
        ("at 2026-11-23T12:00:00.123Z", "at <time>"),
        ("at 2026-11-23 12:00:00,123", "at <time>"),
        ("peer 10.0.3.17:8443 reset", "peer <ip>:<n> reset"),
        ("address 0xDEADbeef", "address <id>"),
        ("commit 1a2b3c4d5e6f", "commit <id>"),
        ("key AKIAIOSFODNN7EXAMPLE used", "key <id> used"),
        ("cannot parse 'a dozen' as int", "cannot parse <text> as int"),
        ('got "x=1, y=2"', "got <text>"),
        ("KeyError: 'price'", "KeyError: 'price'"),
        ("it doesn't work, isn't it", "it doesn't work, isn't it"),
        ("UTF8 and v2 and utf-8", "UTF8 and v2 and utf-<n>"),
        ("order 1795435170 done", "order <n> done"),
    ],
)
def test_variable_parts_of_a_line_are_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("ERROR: no", LogEvent("error", "ERROR: no")),
        ("ValueError: bad", LogEvent("error", "ValueError: bad")),
        ("x Task timed out after 3 s", LogEvent("error", "x Task timed out after 3 s")),
        ("WARNING slow", LogEvent("warning", "WARNING slow")),
        ("all good, 0 errors", LogEvent("info", "all good, 0 errors")),
        ("START RequestId: 1 Version: 3", None),
        ("END RequestId: 1", None),
        ("REPORT RequestId: 1 Duration: 3 ms", None),
        ("", None),
        ('{"level": "ERROR", "message": "no price"}', LogEvent("error", "no price")),
        ('{"level": "warn", "msg": "slow"}', LogEvent("warning", "slow")),
        ('{"severity": "CRITICAL", "message": "x"}', LogEvent("error", "x")),
        ('{"message": "KeyError: x"}', LogEvent("error", "KeyError: x")),
        ('{"level": "INFO", "message": "Error budget"}', LogEvent("info", "Error budget")),
        ('{"a": 1}', LogEvent("info", '["a"]')),
        (PLATFORM.replace("timeout", "success"), None),
        (PLATFORM, LogEvent("error", "platform.report: timeout")),
        ('{"broken": ', LogEvent("info", '{"broken":')),
        ("[1, 2]", LogEvent("info", "[1, 2]")),
        (
            '{"type":"platform.report","record":{"status":{}}}',
            LogEvent("error", "platform.report: {}"),
        ),
        ('{"type":["platform."],"record":7}', LogEvent("info", '["record", "type"]')),
        ('{"level": "ERROR", "message": "password=abc"}', LogEvent("error", "password=<secret>")),
    ],
)
def test_line_has_a_level_and_a_message(message: str, expected: LogEvent | None) -> None:
    assert read_event(message) == expected


def test_exception_is_read_with_its_place() -> None:
    trace = "Traceback (most recent call last):\n  File \"a.py\", line 3\nKeyError: 'price'"
    place = Location("a.py", 3, "")
    record = json.dumps({"level": "ERROR", "message": "order failed", "exception": trace})
    assert read_event(record) == LogEvent("error", "order failed | KeyError: 'price'", place)
    assert read_event(f"[ERROR] {trace}") == LogEvent("error", "KeyError: 'price'", place)


def test_trace_without_a_known_frame_is_read_by_its_last_line() -> None:
    stack = {"errorMessage": "boom", "stackTrace": ["  line 1", "  line 2", "  ^^^^"]}
    assert read_event(json.dumps(stack)) == LogEvent("info", "boom | line 2")
    typed = {**stack, "errorType": "ShopError"}
    assert read_event(json.dumps(typed)) == LogEvent("error", "ShopError: boom")


def test_only_lambdas_own_error_line_has_a_record_after_a_tab() -> None:
    """Otherwise an attacker's text in a line could hide the text before it."""
    record = '{"type": "platform.report", "level": "INFO", "message": "all good"}'
    for prefix in ("ERROR user said\t", "t\tr\tERROR\tuser: said\t"):
        found = read_event(prefix + record)
        assert found is not None
        assert found.text.startswith(prefix)
    assert read_event(f"t\tr\tERROR\tInvoke Error \t{record}") == LogEvent("error", "all good")


def test_a_record_that_is_too_long_is_read_as_text() -> None:
    long = json.dumps({"padding": "a" * 9000, "level": "ERROR", "message": "x"})
    found = read_event(long)
    assert found is not None
    assert found.text.startswith('{"padding": "aaa')


@pytest.mark.parametrize(
    ("stream", "version"),
    [
        ("2026/11/23/[7]0a1b2c", "7"),
        ("2026/11/23/[$LATEST]0a1b2c", None),
        ("ecs/web/0a1b2c", None),
        ("", None),
    ],
)
def test_version_is_read_from_lambdas_log_stream(stream: str, version: str | None) -> None:
    assert version_of(stream) == version
