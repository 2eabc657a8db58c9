"""Lambda's own lines count in the order in which Lambda writes them, and in no other."""

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.evidence.logged_metrics import LAMBDA, LoggedMetrics, logged_metrics
from quorum.ports.telemetry import LogLine
from tests.unit.evidence.invocations import as_json, embedded, event, request_id, stream, text

NOW: Final = 1_795_435_200.0
WHOLE: Final = frozenset({("FunctionName", "front")})
Format = Callable[..., Iterator[LogLine]]
FORMATS: Final[tuple[Format, ...]] = (text, as_json)


def through(version: str) -> frozenset[tuple[str, str]]:
    return frozenset({*WHOLE, ("Resource", "front:live"), ("ExecutedVersion", version)})


def read(*requests: Iterator[LogLine], alias: str | None = "live") -> LoggedMetrics | None:
    return logged_metrics("front", alias, [line for one in requests for line in one], NOW)


def values(found: LoggedMetrics | None, name: str, dimensions: Any = WHOLE) -> list[float]:
    assert found is not None
    return [value for _, value in found.samples.get((LAMBDA, name, dimensions), ())]


@pytest.mark.parametrize("written", FORMATS)
def test_each_request_is_an_invocation_of_its_version_at_its_start(written: Format) -> None:
    found = read(written(NOW - 90, 1), written(NOW - 60, 2), written(NOW - 30, 3, "4"))
    assert values(found, "Invocations") == [1, 1, 1]
    assert values(found, "Invocations", through("3")) == [1, 1]
    assert values(found, "Duration", through("4")) == [20.5]
    assert found is not None
    assert [at for at, _ in found.samples[LAMBDA, "Errors", WHOLE]] == [
        NOW - 90,
        NOW - 60,
        NOW - 30,
    ]
    assert (found.since, found.until) == (NOW - 90, NOW)


@pytest.mark.parametrize("status", ["timeout", "error"])
@pytest.mark.parametrize("written", FORMATS)
def test_request_that_lambda_reports_as_failed_is_an_error(written: Format, status: str) -> None:
    found = read(written(NOW - 60, 1), written(NOW - 50, 2, status=status))
    assert values(found, "Errors") == [0, 1]


def test_only_a_json_log_distinguishes_failed_requests() -> None:
    (as_text, in_json) = (read(written(NOW - 60, 1)) for written in FORMATS)
    assert as_text is not None
    assert not as_text.errors_known
    assert in_json is not None
    assert in_json.errors_known


def test_without_an_alias_there_are_no_numbers_per_version() -> None:
    found = read(text(NOW - 60, 1), alias=None)
    assert found is not None
    assert {dimensions for _, _, dimensions in found.samples} == {WHOLE}


@pytest.mark.parametrize("written", FORMATS)
def test_request_that_is_running_ends_what_is_complete(written: Format) -> None:
    running = list(written(NOW - 20, 2))[:1]
    found = read(written(NOW - 60, 1), iter(running))
    assert values(found, "Invocations") == [1]
    assert found is not None
    assert found.until == NOW - 20


@pytest.mark.parametrize("written", FORMATS)
@pytest.mark.parametrize("cut", [1, 2])
def test_request_cut_by_the_start_of_the_range_does_not_count(written: Format, cut: int) -> None:
    found = read(iter(list(written(NOW - 60, 1))[cut:]), written(NOW - 50, 2))
    assert values(found, "Invocations") == [1]


SOMEONES: Final = request_id(77)
FORGED: Final = (
    f"START RequestId: {SOMEONES} Version: 3",
    f"END RequestId: {SOMEONES}",
    f"REPORT RequestId: {SOMEONES}\tDuration: 1.00 ms\tStatus: error",
    event("platform.start", {"requestId": SOMEONES, "version": "3"}),
    event("platform.report", {"requestId": SOMEONES, "metrics": {}, "status": "error"}),
)


@pytest.mark.parametrize("written", FORMATS)
@pytest.mark.parametrize("forged", FORGED)
def test_callers_text_that_looks_like_lambdas_makes_no_line_count(
    written: Format, forged: str
) -> None:
    """A caller does not know the id of the request that is running."""
    assert read(written(NOW - 60, 1, inside=(forged,)), written(NOW - 50, 2)) is None


@pytest.mark.parametrize("written", FORMATS)
@pytest.mark.parametrize("lines", [FORGED[:3], FORGED[3:], FORGED])
def test_nor_does_a_whole_forged_request(written: Format, lines: tuple[str, ...]) -> None:
    assert read(written(NOW - 60, 1, inside=lines), written(NOW - 50, 2)) is None


@pytest.mark.parametrize("written", FORMATS)
def test_former_requests_lines_printed_again_make_no_line_count(written: Format) -> None:
    """Its caller may know its id from the response."""
    former = list(written(NOW - 60, 1))
    for line in former:
        assert read(iter(former), written(NOW - 50, 2, inside=(line.message,))) is None


@pytest.mark.parametrize("written", FORMATS)
def test_the_functions_own_report_is_found_out_by_the_true_one(written: Format) -> None:
    own = [line.message for line in written(NOW, 1)][1:]
    assert read(written(NOW - 60, 1, inside=tuple(own))) is None


def test_start_of_another_version_than_the_streams_is_no_start() -> None:
    lines = [line._replace(stream=stream("4")) for line in text(NOW - 60, 1, "3")]
    assert read(iter(lines)) is None


@pytest.mark.parametrize(
    "message",
    [
        "REPORT of the day",
        "[ERROR] KeyError: 'price'",
        '{"level": "ERROR", "message": "platform.report"}',
        '{"type": "platform.report"}',
        '{"type": "platform.report", "record": []}',
        '{"type": "platform.initStart", "record": {"requestId": "x"}}',
        '{"_aws": 3}',
        '{"_aws": {"Timestamp": 1, "CloudWatchMetrics": [{"Metrics": [3, {}]}]}}',
        "{" * 50,
        "INIT_START Runtime Version: python:3.13",
    ],
)
@pytest.mark.parametrize("written", FORMATS)
def test_other_lines_change_nothing(written: Format, message: str) -> None:
    plain, with_it = read(written(NOW - 60, 1)), read(written(NOW - 60, 1, inside=(message,)))
    assert plain is not None
    assert with_it is not None
    ours = {k: v for k, v in with_it.samples.items() if k[0] == LAMBDA}
    assert ours == plain.samples


@given(st.lists(st.text(max_size=60) | st.sampled_from(FORGED), max_size=8))
def test_whatever_a_caller_writes_adds_no_invocation(printed: list[str]) -> None:
    found = read(text(NOW - 60, 1, inside=tuple(printed)), text(NOW - 50, 2))
    assert found is None or values(found, "Invocations") == [1, 1]


def test_embedded_records_are_samples_of_their_metric_at_their_own_time() -> None:
    record = embedded(
        NOW - 61, "Shop/front", {"FunctionName": "front"}, Errors=2, LatencyMs=[1, 3.5]
    )
    found = read(text(NOW - 60, 1, inside=(record,)))
    assert found is not None
    assert found.samples["Shop/front", "Errors", WHOLE] == [(NOW - 61, 2.0)]
    assert [v for _, v in found.samples["Shop/front", "LatencyMs", WHOLE]] == [1.0, 3.5]


def test_numbers_that_are_none_are_not_read() -> None:
    record = embedded(NOW, "Shop", {}, A=True, B="7", C=[float("nan"), 2])
    found = read(text(NOW - 60, 1, inside=(record,)))
    assert found is not None
    assert [key[1] for key in found.samples if key[0] == "Shop"] in ([], ["C"])


def test_record_that_states_too_many_numbers_makes_no_line_count() -> None:
    directive = {"Dimensions": [[]] * 100, "Metrics": [{"Name": "A"}] * 20}
    about = {"Timestamp": 1, "CloudWatchMetrics": [directive]}
    record = json.dumps({"_aws": about, "A": [1] * 100})
    assert read(text(NOW - 60, 1, inside=(record,))) is None


def test_log_without_any_of_these_lines_has_no_metrics() -> None:
    assert read() is None
    assert read(iter([LogLine(NOW - 1, "served", stream("3"))])) is None
    assert read(iter([LogLine(NOW - 1, json.dumps({"a": 1}), "ecs/web/1")])) is None
