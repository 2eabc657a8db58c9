"""The spread of failures over callers, from log lines."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.evidence.bundle_builder import build_bundle
from functions.evidence.collected import CollectedEvidence, LogSummary
from functions.evidence.parallel_calls import CallFailure
from functions.evidence.spread import spread
from quorum.ports.telemetry import LogLine
from tests.builders.bundles import shop_alarm
from tests.fakes import START

ONSET = 1000
RESOURCE = "lambda:checkout"


def line(at: float, **fields: Any) -> LogLine:
    return LogLine(at=at, message=json.dumps(fields), stream="s")


def failed(caller: str, **fields: Any) -> LogLine:
    return line(ONSET + 1, level="ERROR", message="no", **{"client_id": caller, **fields})


def served(caller: str) -> LogLine:
    return line(ONSET - 1, level="INFO", message="served", client_id=caller)


def test_failing_lines_are_counted_by_caller_with_earlier_callers() -> None:
    lines = [
        *map(served, "aabc"),
        *map(failed, "xxxb"),
        line(ONSET + 1, client_id="a"),
        line(ONSET + 1, client_id="y"),
    ]

    (found,) = spread(RESOURCE, lines, ONSET)

    assert found.model_dump() == {
        "resource": RESOURCE,
        "field": "client_id",
        "failing": 4,
        "most": 3,
        "callers_before": 3,
        "before": 4,
        "most_before": 0,
        "strangers": 3,
        "served": 2,
        "strangers_served": 1,
    }


def test_spread_names_no_caller() -> None:
    (found,) = spread(RESOURCE, [failed("ann@example.com")], ONSET)

    assert "ann" not in found.model_dump_json()


@pytest.mark.parametrize("status", [500, "503", 599])
def test_spread_counts_an_access_logs_server_error_as_a_failure(status: object) -> None:
    (found,) = spread(RESOURCE, [line(ONSET, ip="10.0.0.1", status=status)], ONSET)

    assert (found.field, found.failing) == ("ip", 1)


@pytest.mark.parametrize(
    "message",
    [
        "ERROR client_id=ann",
        '{"level": "ERROR", "message": "\\"client_id\\": \\"ann\\""}',
        '{"level": "ERROR", "client_id": "-"}',
        '{"level": "ERROR", "client_id": {"id": "ann"}}',
        '{"level": "ERROR", "client_id": null}',
        '{"status": 404, "client_id": "ann"}',
        '{"status": "' + "9" * 5000 + '", "client_id": "ann"}',
        '{"level": "ERROR", "client_id": ' + "9" * 5000 + "}",
        '{"level": "ERROR", "a": ' + "[" * 4000,
        '{"level": "ERROR", "client_id": "ann"',
        "[]",
        "",
    ],
)
def test_spread_ignores_a_line_without_a_caller_or_a_failure(message: str) -> None:
    assert spread(RESOURCE, [LogLine(at=ONSET, message=message, stream="s")], ONSET) == ()


def test_spread_keeps_the_four_fields_with_most_lines() -> None:
    many = {"ip": "1", "user": "u", "tenant": "t", "sub": "s", "customer": "c"}

    found = spread(RESOURCE, [failed("a"), failed("b", **many)], ONSET)

    assert [s.field for s in found] == ["client_id", "customer", "ip", "sub"]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.booleans()), max_size=40))
def test_spread_does_not_depend_on_the_order_of_lines(
    given_lines: list[tuple[str, bool, bool]],
) -> None:
    lines = [
        line(ONSET + (1 if after else -1), client_id=who, level="ERROR" if bad else "INFO")
        for who, after, bad in given_lines
    ]

    found = spread(RESOURCE, lines, ONSET)

    assert found == spread(RESOURCE, lines[::-1], ONSET)
    failing = [who for who, after, bad in given_lines if after and bad]
    if failing:
        assert found[0].failing == len(failing)
        assert found[0].most == max(map(failing.count, failing))
        assert found[0].before == sum(not after for _, after, _ in given_lines)
    else:
        assert found == ()


@given(st.text(max_size=200))
def test_spread_raises_for_no_line(message: str) -> None:
    for text in (message, "{" + message, json.dumps({"client_id": message, "status": message})):
        spread(RESOURCE, [LogLine(at=ONSET, message=text, stream=message)], ONSET)


@pytest.mark.parametrize("name", ["clientId", "client_id", "client.id", "ClientID"])
def test_spread_recognises_a_caller_field_in_every_spelling(name: str) -> None:
    (found,) = spread(RESOURCE, [line(ONSET, level="ERROR", **{name: "a"})], ONSET)

    assert found.field == "client_id"


@pytest.mark.parametrize(
    ("answer", "found"), [((failed("a"),), 1), ((), 0), (CallFailure("down"), 0)]
)
def test_bundle_has_the_spread_of_the_scopes_lines(
    answer: tuple[LogLine, ...] | CallFailure, found: int
) -> None:
    logged = (
        answer
        if isinstance(answer, CallFailure)
        else LogSummary(None, spread=spread(RESOURCE, answer, ONSET))
    )
    answers = CollectedEvidence(
        (shop_alarm(),), START, onset=ONSET, scope=(RESOURCE,), logs={RESOURCE: logged}
    )

    bundle = build_bundle("0" * 32, 1, answers, START)

    assert len(bundle.spread) == found
    assert ("spread" in bundle.model_dump()) is bool(found), "older bundles have other digests"
