"""The rows of the mutants' tables quote source that exists."""

from tests.mutants.table import MUTANTS
from tests.unit.mutants.test_finding import ROOT


def test_each_row_changes_exactly_one_place_and_its_tests_exist() -> None:
    stale = [row.name for row in MUTANTS if (ROOT / row.file).read_text().count(row.old) != 1]
    missing = [test for row in MUTANTS for test in row.tests if not (ROOT / test).exists()]

    assert (stale, missing) == ([], [])
