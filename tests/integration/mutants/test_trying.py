"""A mutant is killed when a test fails, in a function or outside of any; else it survives."""

from pathlib import Path
from random import Random
from shutil import copytree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mutants import trying
from tests.mutants.safety_core import SAFETY_CORE

ROOT = Path(__file__).parents[3]
CHANCE = Random(1)  # noqa: S311
SOURCE = '''"""A module."""

LIMIT = 3


def over(count: int) -> bool:
    """Return whether it is too many."""
    return count > LIMIT


def twice(count: int) -> int:
    return count * 2
'''
TEST = '''"""Its tests."""

from functions.toy import over


def test_four_are_too_many_and_three_are_not() -> None:
    assert over(4)
    assert not over(3)
'''


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copytree(ROOT / "tests" / "mutants", tmp_path / "tests" / "mutants")
    (tmp_path / "functions").mkdir()
    for name in ("functions/__init__.py", "tests/__init__.py"):
        (tmp_path / name).touch()
    (tmp_path / "functions" / "toy.py").write_text(SOURCE)
    (tmp_path / "tests" / "test_toy.py").write_text(TEST)
    monkeypatch.setitem(SAFETY_CORE, "functions/toy.py", ("tests/test_toy.py",))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


def test_mutant_survives_only_if_every_test_passes(tree: Path) -> None:
    row = trying.attempt(tree, "functions/toy.py", CHANCE, 0)

    assert row.trouble == ""
    assert row.tried == row.possible == 9
    assert {(one.function, one.after) for one in row.survivors} == {
        ("twice", "return None"),
        ("twice", "count / 2"),
        ("twice", "count * 3"),
        ("twice", "count * 1"),
    }
    assert row.too_many(0.4)
    assert not row.too_many(0.5)


@given(st.integers(0, 300), st.integers(1, 50), st.integers())
def test_a_sample_is_the_same_for_the_same_seed(count: int, sample: int, seed: int) -> None:
    first, second = (trying.drawn(count, Random(seed), sample) for _ in range(2))  # noqa: S311

    assert first == second
    assert len(set(first)) == min(count, sample)
    assert set(first) <= set(range(count))
    assert trying.drawn(count, Random(seed), 0) == range(count)  # noqa: S311


def test_tests_that_fail_without_a_mutant_are_an_error(tree: Path) -> None:
    (tree / "tests" / "test_toy.py").write_text(TEST.replace("over(4)", "over(1)"))

    row = trying.attempt(tree, "functions/toy.py", CHANCE, 1)

    assert row.trouble == "the tests fail without any change"
    assert row.too_many(1.0)
