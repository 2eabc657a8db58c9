"""Words that the glossary excludes are in no page, docstring, comment or test name."""

import ast
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from io import StringIO
from pathlib import Path

import pytest

from tests.unit.docs.pages import PAGES, ROOT, prose, table, without

GLOSSARY = ROOT / "docs" / "glossary.md"
ROOMS = ("quorum", "functions", "stacks", "local", "benchmarks", "tests")
MOST_EXCEPTIONS = 10
TERMS = ("dead letter", "dead-letter", "notifications-undeliverable")
"""Other terms of which a word of the table is part, see the exceptions."""


@cache
def words() -> dict[str, str]:
    """Return the words not used, with what is written instead."""
    return dict(table(GLOSSARY.read_text(), "words"))  # type: ignore[arg-type] # two columns


@cache
def pattern() -> re.Pattern[str]:
    """Return the expression that matches each word of the table."""
    return re.compile(rf"\b({'|'.join(map(re.escape, words()))})\b", re.IGNORECASE)


def matches(text: str) -> list[str]:
    """Return the words of the table in a text."""
    return pattern().findall(re.sub("|".join(TERMS), "", text, flags=re.IGNORECASE))


def found(text: str) -> list[str]:
    """Return the words of the table in a page's prose, with their lines."""
    own = without(without(text, "words"), "exceptions")
    return [f"{line}: {word}" for line, block in prose(own) for word in matches(block)]


def found_in_code(source: str) -> list[str]:
    """Return the words of the table in a module's docstrings, comments and test names."""
    return [
        f"{line}: {word}"
        for line, text in sorted(code_texts(source))
        for word in matches(re.sub(r"`[^`]*`", "", text))
    ]


def code_texts(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each docstring, comment and test name."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield node.lineno, text
            case ast.FunctionDef(name=name) if name.startswith("test_"):
                yield node.lineno, name.replace("_", " ")
    for token in tokenize.generate_tokens(StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page_uses_the_glossarys_words(page: Path) -> None:
    assert found(page.read_text()) == []


@pytest.mark.parametrize("room", ROOMS)
def test_code_uses_the_glossarys_words(room: str) -> None:
    by_module = {
        str(path): found_in_code(path.read_text()) for path in sorted(Path(room).rglob("*.py"))
    }
    assert {path: words for path, words in by_module.items() if words} == {}


def test_glossary_tables_can_be_read() -> None:
    exceptions = table(GLOSSARY.read_text(), "exceptions")

    assert words()["told"].startswith("notified")
    assert all(instead for instead in words().values())
    assert len(words()) == len(table(GLOSSARY.read_text(), "words"))
    assert len(exceptions) <= MOST_EXCEPTIONS
    assert all(len(row) == 3 and all(row) for row in exceptions)


def test_found_in_code_reads_docstrings_comments_and_test_names() -> None:
    source = 'X = "told"  # nobody\n"""A fact of `told`."""\ndef test_who_is_told(): ...\n'
    assert found_in_code(source) == ["1: nobody", "2: fact", "3: told"]
    assert found_in_code("def test_dead_letters(): ...\ntold = 1\n") == []


def test_found_reads_prose_and_neither_code_nor_terms() -> None:
    assert found("# People were told\n\nThe *door* is open.\n") == ["1: told", "3: door"]
    assert found("| a | b |\n|---|---|\n| x | Nobody |\n") == ["3: Nobody"]
    assert found("`told`, dead letters, a dead-letter queue, untold\n") == []
