"""Docstrings and test names begin with a verb or a noun, never with a question or a pronoun."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOMS = ("quorum", "functions", "stacks", "local", "benchmarks", "tests")
QUESTION = re.compile(r"(?:What|Which|Who|Whose|Whom|Whether|How|When|Where|Why)\b")
RIDDLE = re.compile(
    r"test_(?:what|which|who|whose|whom|whoever|whether|how|when|where|why|it|they|these|nobody)_"
)


def texts(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each docstring, those under assignments among them."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield node.lineno, text


def questions(source: str) -> Iterator[str]:
    """Yield the line and the beginning of each docstring or test name without a subject."""
    for line, text in texts(source):
        if QUESTION.match(text):
            yield f"{line}: {text.splitlines()[0]}"
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef(name=name) if RIDDLE.match(name):
                yield f"{node.lineno}: {name}"


@pytest.mark.parametrize("room", ROOMS)
def test_no_docstring_or_test_name_begins_with_a_question(room: str) -> None:
    found = [
        f"{path}:{question}"
        for path in sorted(Path(room).rglob("*.py"))
        for question in questions(path.read_text())
    ]
    assert not found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('X = 1\n"""What X is."""\n', ["2: What X is."]),
        ("def test_it_is_so(): ...\n", ["1: test_it_is_so"]),
        ('def test_items_are_whole(): ...\nX = "Who?"\n', []),
    ],
)
def test_questions_finds_docstrings_and_test_names(source: str, found: list[str]) -> None:
    assert list(questions(source)) == found
