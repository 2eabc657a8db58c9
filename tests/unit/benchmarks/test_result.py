"""Results of benchmarks and the document generated from them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.report import DOCUMENT, document, stored
from benchmarks.result import Goal, Machine, Measured, Result, ResultTable, main

RESULT = Result(
    benchmark="b",
    about="A title.\n\nHow it is done.",
    goals=[Goal(what="ratio", rule="at most", limit=2, measured=2.5)],
    tables=[ResultTable(title="Rows", rows=[{"name": "a", "ms": 1234}, {"name": "b", "ms": None}])],
    command="python -m benchmarks.b",
    date=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
    machine=Machine(processor="P", cores=2, python="3.11.7", system="Linux x86_64", load=0.5),
)


@pytest.mark.parametrize(("measured", "met"), [(1.9, True), (2.0, True), (2.1, False)])
def test_a_goals_limit_is_inclusive(measured: float, met: bool) -> None:  # noqa: FBT001
    assert Goal(what="r", rule="at most", limit=2, measured=measured).met is met


@pytest.mark.parametrize(("measured", "met"), [(24, False), (25, True), (26, False)])
def test_a_goal_with_exactly_is_met_by_the_limit_only(measured: float, met: bool) -> None:  # noqa: FBT001
    assert Goal(what="n", rule="exactly", limit=25, measured=measured).met is met


def test_document_has_command_machine_and_missed_goals() -> None:
    text = document([RESULT])

    assert "## A title\n" in text
    assert "`python -m benchmarks.b`, 2026-01-02 03:04 UTC, P, 2 cores" in text
    assert "| ratio | at most 2 | 2.5 | **missed** |" in text
    assert "| a | 1,234 |\n| b | - |" in text


def test_result_has_command_machine_and_date(tmp_path: Path) -> None:
    measured = Measured(benchmark="b", about="A title.", goals=RESULT.goals, tables=[])
    file = tmp_path / "b.json"

    assert main("b", lambda: measured, ["--json", str(file)]) == 0

    written = json.loads(file.read_text())
    assert written["command"] == "python -m benchmarks.b"
    assert written["machine"]["cores"] >= 1
    assert datetime.fromisoformat(written["date"]).tzinfo is not None


def test_the_committed_document_is_generated_from_the_committed_results() -> None:
    assert DOCUMENT.read_text() == document(stored())
