"""Words that the glossary excludes are in no page; its tables can be read by a program."""

import re
from pathlib import Path

import pytest

from tests.unit.docs.pages import PAGES, ROOT, prose, table, without

GLOSSARY = ROOT / "docs" / "glossary.md"
MOST_EXCEPTIONS = 10
TERMS = ("dead letter", "dead-letter", "notifications-undeliverable")
"""Other terms of which a word of the table is part, see the exceptions."""


def words() -> dict[str, str]:
    """Return the words not used, with what is written instead."""
    return dict(table(GLOSSARY.read_text(), "words"))  # type: ignore[arg-type] # two columns


def found(text: str) -> list[str]:
    """Return the words of the table in a page's prose, with their lines."""
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, words()))})\b", re.IGNORECASE)
    own = without(without(text, "words"), "exceptions")
    return [
        f"{line}: {word}"
        for line, block in prose(own)
        for word in pattern.findall(re.sub("|".join(TERMS), "", block, flags=re.IGNORECASE))
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page_uses_the_glossarys_words(page: Path) -> None:
    assert found(page.read_text()) == []


def test_glossary_tables_can_be_read() -> None:
    exceptions = table(GLOSSARY.read_text(), "exceptions")

    assert words()["told"].startswith("notified")
    assert all(instead for instead in words().values())
    assert len(words()) == len(table(GLOSSARY.read_text(), "words"))
    assert len(exceptions) <= MOST_EXCEPTIONS
    assert all(len(row) == 3 and all(row) for row in exceptions)


def test_words_are_found_in_prose_and_not_in_code_or_terms() -> None:
    assert found("# People were told\n\nThe *door* is open.\n") == ["1: told", "3: door"]
    assert found("| a | b |\n|---|---|\n| x | Nobody |\n") == ["3: Nobody"]
    assert found("`told`, dead letters, a dead-letter queue, untold\n") == []
