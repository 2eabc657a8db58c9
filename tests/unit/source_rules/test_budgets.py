"""Budgets of CI: every stage and every suite has one, and what is over it is marked."""

import re
from pathlib import Path

from tests.budgets import BUDGETS, budgets, lines, suite

ROOT = Path(__file__).parents[3]
PLAYED_APART = {"tests/e2e"}
"""Suites whose time is a stage's own."""


def test_every_stage_and_every_suite_has_a_budget() -> None:
    stages = set(re.findall(r"^stage (\w+)", (ROOT / ".ci" / "run").read_text(), re.MULTILINE))
    suites = {
        suite(str(path.relative_to(ROOT))) for path in (ROOT / "tests").glob("*/**/test_*.py")
    }

    assert stages
    assert set(budgets(BUDGETS.read_text())) == stages | (suites - PLAYED_APART)


def test_a_suite_over_its_budget_is_marked_and_the_longest_comes_first() -> None:
    short, long = "tests/unit", "tests/attacks"

    found = lines({short: 3.0, long: 11.0}, budgets("# seconds\ntests/unit 5\ntests/attacks 10\n"))

    assert [line.split()[0] for line in found] == [long, short]
    assert [line.endswith("over budget") for line in found] == [True, False]


def test_a_suite_is_the_first_folder_under_tests() -> None:
    assert suite("tests/unit/docs/test_links.py::test_x[README.md]") == "tests/unit"
