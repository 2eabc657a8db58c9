"""Docstrings of what ships and of its tools begin with a verb or a noun, never with a question."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOMS = ("quorum", "functions", "stacks", "local", "benchmarks")
QUESTION = re.compile(r"(?:What|Which|Who|Whose|Whom|Whether|How|When|Where|Why)\b")


def texts(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each docstring, those under assignments among them."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield node.lineno, text


def test_no_docstring_begins_with_a_question() -> None:
    found = [
        f"{path}:{line}: {text.splitlines()[0]}"
        for room in ROOMS
        for path in sorted(Path(room).rglob("*.py"))
        for line, text in texts(path.read_text())
        if QUESTION.match(text)
    ]
    assert not found


def test_docstring_that_begins_with_a_question_is_found() -> None:
    assert [line for line, text in texts('X = 1\n"""What X is."""\n') if QUESTION.match(text)] == [
        2
    ]
