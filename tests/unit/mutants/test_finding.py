"""Mutations that are found: each kind on a line of its own, and never texts for people."""

import ast
from pathlib import Path

import pytest

from tests.mutants.equivalents import judged
from tests.mutants.finding import find
from tests.mutants.safety_core import SAFETY_CORE

ROOT = Path(__file__).parents[3]


def broken(folder: Path, text: str) -> list[str]:
    """Every way in which these lines are broken: `kind | after`."""
    (folder / "it.py").write_text(text)
    return [f"{one.kind} | {one.after}" for one in find(folder, "it.py")]


@pytest.mark.parametrize(
    ("line", "ways"),
    [
        ("a < b", {"compare | a <= b", "compare | a >= b"}),
        ("a == b", {"compare | a != b"}),
        ("a in b", {"compare | a not in b"}),
        (
            "a and b",
            {"and/or | a or b", "drop-operand 0: a | b", "drop-operand 1: b | a"},
        ),
        ("not a", {"drop-unary | a"}),
        ("a if b else c", {"always | a", "never | c"}),
        ("a + b", {"operator | a - b"}),
        ("f(a=b)", {"drop-keyword a | f()"}),
        ("f(a, b)", {"swap-arguments | f(b, a)"}),
        ("max(a)", {"call | min(a)"}),
        ("a.strip()", {"drop-call | a"}),
        ("(a, b)", {"drop-element 0: a | (b,)", "drop-element 1: b | (a,)"}),
        ("{a: b}", {"drop-entry 0: a | {}"}),
        ("[a for a in b if a]", {"drop-filter: a | [a for a in b]"}),
        ("f(1)", {"constant | f(2)", "constant | f(0)"}),
        ("f('word')", {"constant | f('XXword')"}),
        ("f(b'')", {"constant | f(b'XX')"}),
        ("f(True)", {"constant | f(False)"}),
        ("f('words for people')", set()),
        ("f(f'{a} of {b}')", set()),
    ],
)
def test_an_expression_is_broken_in_these_ways(tmp_path: Path, line: str, ways: set[str]) -> None:
    assert set(broken(tmp_path, f"x = {line}\n")) == ways


@pytest.mark.parametrize(
    ("line", "ways"),
    [
        ("return a", {"return | return None"}),
        ("return None", {"return | return True"}),
        ("raise a", {"drop-raise | pass"}),
        ("f()", {"drop-statement | pass"}),
        ("a.b = c", {"drop-statement | pass"}),
        ("a[b] = c", {"drop-statement | pass"}),
        ("a += c", {"drop-statement | pass"}),
        ("if a: pass", {"condition True | if True", "condition False | if False"}),
        ("'''Words.'''", set()),
        ("a = b", set()),
    ],
)
def test_a_statement_is_broken_in_these_ways(tmp_path: Path, line: str, ways: set[str]) -> None:
    assert set(broken(tmp_path, f"def f():\n    '''Doc.'''\n    {line}\n")) == ways


def test_of_types_only_the_bounds_are_broken(tmp_path: Path) -> None:
    lines = "x: Annotated[int, Field(ge=0)] | None\ny = dict[str, int]\nz = Literal['a', 'b']\n"

    assert broken(tmp_path, lines) == [
        "drop-keyword ge | Field()",
        "constant | Field(ge=1)",
        "constant | Field(ge=-1)",
    ]


def test_a_mutant_is_known_by_its_function_and_changes_nothing_else(tmp_path: Path) -> None:
    text = "class A:\n\n    def f(self, x=g(1)):\n        return x > (lambda: 2)()\n\nb = 7 < c\n"
    (tmp_path / "it.py").write_text(text)

    found = {(one.function, one.line, one.before) for one in find(tmp_path, "it.py")}
    assert ("A.f", 4, "x > (lambda: 2)()") in found
    assert ("", 3, "g(1)") in found
    assert ("", 6, "7 < c") in found

    whole = ast.parse(text)
    one = next(one for one in find(tmp_path, "it.py") if one.after == "x <= (lambda: 2)()")
    assert ast.unparse(one.tree(whole)) == ast.unparse(whole).replace("x >", "x <=")
    assert ast.unparse(whole) == ast.unparse(ast.parse(text))


def test_the_modules_and_their_tests_exist_and_each_judged_mutant_is_one_of_theirs() -> None:
    known = {one.key for module in SAFETY_CORE for one in find(ROOT, module)}

    assert all((ROOT / test).exists() for tests in SAFETY_CORE.values() for test in tests)
    assert {one.key for one in judged()} <= known
    assert all(len(one.reason) > 10 for one in judged())
    assert len({one.key for one in judged()}) == len(judged())
