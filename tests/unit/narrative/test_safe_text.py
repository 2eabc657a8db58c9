"""Rendered text holds no markup of an outsider's, and keeps the words."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from quorum.domain.base import OutsiderText
from quorum.narrative import (
    Verbatim,
    Words,
    html,
    join,
    markdown,
    markdown_cell,
    one_line,
    outsider,
    plain,
)

HOSTILE = [
    "<script>alert(1)</script>",
    "![x](http://evil.example/p.png)",
    "](http://evil.example) [click",
    "` `` ``` <img src=x onerror=alert(1)>",
    "`a``<b>x</b>",
    "| cell | <i>x</i> \\| \\",
    "http://evil.example www.evil.example a@evil.example",
    "\x1b[31mred\x1b]8;;http://evil.example\x07link",
    "line\r\nBcc: everybody@example.com\n\n# heading\n- item",
    "\u202etxt.exe\u200b \u2028 next",
    "&lt;script&gt; &#60;b&#62;",
    "“quoted” and ”",
]
parts = st.one_of(
    st.text(max_size=40),
    st.sampled_from(HOSTILE),
    st.text(alphabet="`|\\<>[]()!*_&#;:/@ ab\n", max_size=30),
)
words: st.SearchStrategy[Words] = st.lists(
    st.one_of(
        parts.map(OutsiderText.of), parts.map(Verbatim), st.sampled_from(["is ", ": ", " and ", ""])
    ),
    max_size=6,
).map(tuple)
anything: st.SearchStrategy[Words] = st.lists(
    st.one_of(parts, parts.map(OutsiderText.of), parts.map(Verbatim)), max_size=6
).map(tuple)
MARKDOWN = MarkdownIt("commonmark").enable("table")
INERT = {"inline", "text", "code_inline", "paragraph_open", "paragraph_close"}
TABLE = {
    f"{name}_{end}"
    for name in ("table", "thead", "tbody", "tr", "th", "td")
    for end in ("open", "close")
}


def tokens(source: str) -> list[Token]:
    return [t for block in MARKDOWN.parse(source) for t in (block, *(block.children or ()))]


@settings(deadline=None)
@given(anything)
def test_markdown_renders_anything_as_text_and_code(some: Words) -> None:
    found = tokens(f"- first\n\nSays {markdown(some)} end")

    assert {t.type for t in found} - INERT <= {
        "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"
    }  # fmt: skip


@settings(deadline=None)
@given(words)
def test_markdown_keeps_addresses_inside_code(some: Words) -> None:
    text = "".join(t.content for t in tokens(f"Says {markdown(some)}") if t.type == "text")

    assert not re.search(r"https?://|www\.|@", text)


@settings(deadline=None)
@given(anything)
def test_markdown_cell_stays_one_cell(some: Words) -> None:
    source = f"| a | b |\n|---|---|\n| {markdown_cell(some)} | last |\n"

    found = tokens(source)

    assert {t.type for t in found} <= INERT | TABLE
    assert sum(t.type == "td_open" for t in found) == 2
    assert [t.content for t in found if t.type == "text"][-1] == "last"


class Collector(HTMLParser):
    """Collects tags and text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.data = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags += [tag, *(name for name, _ in attrs)]

    def handle_data(self, data: str) -> None:
        self.data += data


@settings(deadline=None)
@given(anything)
def test_html_has_two_tags_and_all_the_text(some: Words) -> None:
    page = Collector()
    page.feed(html(some))
    page.close()

    assert set(page.tags) <= {"q", "code"}
    for part in some:
        if isinstance(part, Verbatim):
            assert one_line(part.text) in page.data


@settings(deadline=None)
@given(anything)
def test_plain_is_one_line_without_control_characters(some: Words) -> None:
    assert all(character.isprintable() for character in plain(some))


@settings(deadline=None)
@given(words)
def test_plain_quotes_outsiders_text_alone(some: Words) -> None:
    theirs = [part for part in some if isinstance(part, OutsiderText)]
    ours = tuple(part for part in some if not isinstance(part, Verbatim))

    assert plain(ours).count("“") == len(theirs)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_markdown_shows_a_hostile_line_unchanged(hostile: str) -> None:
    shown = tokens(f"Says {markdown((outsider(hostile),))}")

    assert [t.content for t in shown if t.type == "code_inline"] == [one_line(hostile)]


def test_markdown_separates_neighbouring_code_spans() -> None:
    shown = markdown((outsider("a"), outsider("b`c"), Verbatim("d")))

    assert shown == "`a` ``b`c`` `d`"
    assert markdown((outsider("a"), "", outsider("b`c"))) == "`a` ``b`c``"


def test_outsider_shortens_long_text() -> None:
    assert len(outsider("x" * 2000).outsider) == 300
    assert outsider("x" * 2000).outsider.endswith("…")


def test_join_puts_the_separator_between_parts() -> None:
    assert plain(join([("a",), (Verbatim("b"), "c"), ("d",)], " | ")) == "a | bc | d"
    assert join([]) == ()
