"""Seconds of each test suite beside its budget, printed and never asserted: `-p tests.budgets`."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from _pytest.terminal import TerminalReporter

BUDGETS: Final = Path(__file__).parents[1] / ".ci" / "budgets"


def budgets(text: str) -> dict[str, int]:
    """Return the budgets in seconds by name; `#` begins a comment."""
    lines = (line.partition("#")[0].split() for line in text.splitlines())
    return {name: int(seconds) for name, seconds in filter(None, lines)}


def suite(nodeid: str) -> str:
    """Return the suite that a test belongs to: the first two folders of its path."""
    return "/".join(nodeid.split("/")[:2])


def lines(spent: Mapping[str, float], budget: Mapping[str, int]) -> list[str]:
    """Return one line per suite, the longest first."""
    return [
        f"{name:<22} {seconds:7.1f} s of {budget.get(name, '-')} s"
        f"{'  over budget' if seconds > budget.get(name, seconds) else ''}"
        for name, seconds in sorted(spent.items(), key=lambda one: -one[1])
    ]


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print the sums over all phases of all tests, and over all workers."""
    spent = defaultdict[str, float](float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                spent[suite(report.nodeid)] += report.duration
    terminalreporter.section("seconds by suite")
    for line in lines(spent, budgets(BUDGETS.read_text())):
        terminalreporter.line(line)
