"""Paragraphs with a label, at any width."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from local.layout import Paragraph, bar, wrapped
from tests.unit.local.terminal import lines, words

WORDS = st.lists(
    st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=40), max_size=30
)


def paragraph(label: str, text: str, width: int, *, fold: bool = False) -> list[str]:
    return lines(lambda c: c.print(Paragraph(Text(label), text, fold=fold)), width)


@given(st.integers(0, 20), WORDS, st.integers(30, 120))
def test_a_paragraph_breaks_no_word_that_fits_a_line(
    indent: int, given_words: list[str], width: int
) -> None:
    text = " ".join(given_words)
    shown = paragraph(" " * indent, text, width)

    assert all(cell_len(line) <= width for line in shown)
    fits = [word for word in text.split() if cell_len(word) <= width - 2]
    assert [word for word in words(shown) if word in fits] == fits


def test_the_width_of_a_line_is_in_terminal_cells() -> None:
    assert wrapped("注文 サービス", 8) == ["注文", "サービス"]


def test_further_lines_are_indented_like_the_first() -> None:
    assert paragraph("1.0s  ", "one two three", 12) == ["1.0s  one", "      two", "      three"]


def test_a_word_that_does_not_fit_beside_the_label_begins_below_it() -> None:
    assert paragraph("label     ", "a" * 16, 20) == ["label     ", "  " + "a" * 16]


def test_a_word_longer_than_a_line_is_cut_or_folded() -> None:
    assert paragraph("x ", "a" * 30, 20)[1:] == ["  " + "a" * 17 + "…"]
    assert "".join(words(paragraph("x ", "a" * 30, 20, fold=True)[1:])) == "a" * 30


@pytest.mark.parametrize(("share", "full"), [(0, 0), (5_000, 5), (10_000, 10)])
def test_a_bar_is_filled_in_proportion(share: int, full: int) -> None:
    assert bar(share, 10) == "█" * full + "░" * (10 - full)
