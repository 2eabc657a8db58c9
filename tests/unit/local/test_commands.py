"""The command line: its help, its errors, and the commands with an alias."""

import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from local import __main__ as command_line
from local import daemon
from local.__main__ import main
from local.scenarios import NAMES
from tests.unit.local.terminal import WIDTH

COMMANDS = (
    *("demo", "up", "down", "status", "incidents", "show"),
    *("approve", "deny", "seats", "stop", "resume"),
)


class FakeStopSwitch:
    """A stop switch that keeps the calls."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def throw(self, _reason: str, _by: str, _at: datetime) -> None:
        self.calls.append("throw")

    def lift(self, _reason: str, _by: str, _at: datetime) -> None:
        self.calls.append("lift")


class FakeQuorum:
    """The part of a deployed Quorum that these commands use."""

    def __init__(self) -> None:
        self.stop, self.suspensions = FakeStopSwitch(), self
        self.reinstated: list[tuple[str, str, str]] = []
        self.result: dict[str, Any] = {"answer": "granted"}

    def in_force(self) -> dict[str, Any]:
        return {}

    def reinstate(self, *arguments: str) -> None:
        self.reinstated.append((arguments[0], arguments[1], arguments[2]))

    def find(self, prefix: str) -> str:
        return prefix

    def answer(self, *_: str, **__: str) -> dict[str, Any]:
        return self.result


@pytest.fixture
def quorum(monkeypatch: pytest.MonkeyPatch) -> FakeQuorum:
    found = FakeQuorum()
    monkeypatch.setattr(command_line, "_quorum", lambda: found)
    monkeypatch.setattr(daemon, "token", lambda _: "token")
    return found


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS), ["seats", "reinstate"]])
def test_help_fits_80_columns(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDTH))

    with pytest.raises(SystemExit) as ended:
        main([*command, "--help"])

    assert ended.value.code == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= WIDTH


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])

    listed = {line.split()[0] for line in capsys.readouterr().out.splitlines() if line.strip()}
    assert set(COMMANDS) <= listed


def test_help_breaks_no_scenario_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDTH))

    with pytest.raises(SystemExit):
        main(["demo", "--help"])

    assert set(NAMES) <= {word.rstrip(",") for word in capsys.readouterr().out.split()}


@pytest.mark.parametrize("command", ["resume", "go"])
def test_resume_and_its_former_name_lift_the_stop_switch(command: str, quorum: FakeQuorum) -> None:
    assert main([command]) == 0
    assert quorum.stop.calls == ["lift"]


def test_stop_throws_the_stop_switch(quorum: FakeQuorum) -> None:
    assert main(["stop"]) == 0
    assert quorum.stop.calls == ["throw"]


@pytest.mark.parametrize("command", ["reinstate", "lift"])
def test_seats_reinstate_and_its_former_name_reinstate(command: str, quorum: FakeQuorum) -> None:
    assert main(["seats", command, "diagnosis-model", "--by", "ada", "--why", "fixed"]) == 0
    assert quorum.reinstated == [("diagnosis-model", "ada", "fixed")]


def test_seats_alone_reinstates_none(quorum: FakeQuorum) -> None:
    assert main(["seats"]) == 0
    assert quorum.reinstated == []


def test_approve_names_the_approvers_that_are_missing(
    quorum: FakeQuorum, capsys: pytest.CaptureFixture[str]
) -> None:
    quorum.result = {"answer": "waiting", "missing": 1}

    assert main(["approve", "0123"]) == 0
    assert "More approvers required: 1" in capsys.readouterr().out


def test_an_error_is_one_sentence_on_standard_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(daemon, "FILE", tmp_path / "stage.json")

    assert main(["status"]) == 1

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("Error: no stage is running")
    assert "python -m local up" in printed.err


def test_a_failed_deployment_names_its_log(
    quorum: FakeQuorum, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: str, **__: str) -> dict[str, Any]:
        raise subprocess.CalledProcessError(3, ["cdk", "deploy", "--secret"])

    monkeypatch.setattr(quorum, "answer", fail)

    assert main(["deny", "0123"]) == 1

    printed = " ".join(capsys.readouterr().err.split())
    assert "`cdk deploy` failed with exit status 3" in printed
    assert ".local/deploy.log" in printed
    assert "--secret" not in printed


def test_the_text_of_an_error_is_no_markup(
    quorum: FakeQuorum, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: str, **__: str) -> dict[str, Any]:
        raise RuntimeError("[red]:bomb:[/] refused")

    monkeypatch.setattr(quorum, "answer", fail)

    assert main(["deny", "0123"]) == 1
    assert capsys.readouterr().err == "Error: [red]:bomb:[/] refused\n"
