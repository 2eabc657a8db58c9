"""Log lines become templates, whatever they hold."""

import json
import time
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.evidence.drain import MOST_CLUSTERS, Drain
from functions.evidence.log_lines import read_event
from functions.evidence.templates import MOST_TEMPLATES, mine_templates
from quorum.domain.evidence import LogTemplate
from quorum.ports.telemetry import LogLine

ONSET = 1000

words = st.sampled_from(["ERROR", "user", "ann", "bob", "cy", "failed", "17", "timed", "out"])
alike = st.lists(words, min_size=2, max_size=5).map(" ".join)
texts = st.one_of(alike, st.text(max_size=200))
lines = st.lists(
    st.builds(LogLine, st.floats(0, 2000), texts, st.sampled_from(["", "2026/1/1/[7]ab"])),
    max_size=60,
)


def mined(*found: LogLine) -> tuple[LogTemplate, ...]:
    return mine_templates("lambda:f", found, ONSET)


def said(*messages: str) -> list[str]:
    templates = mined(*(LogLine(n, message) for n, message in enumerate(messages)))
    return sorted(template.template.outsider for template in templates)


def test_lines_that_differ_in_a_word_share_a_template() -> None:
    assert said("user ann logged in", "user bob logged in", "user cy logged in") == [
        "user <*> logged in"
    ]


def test_dissimilar_lines_have_separate_templates() -> None:
    assert len(said("connection to the table timed out", "the price of the item is missing")) == 2


def test_template_has_lines_of_one_level() -> None:
    records = [{"level": level, "message": "user came in"} for level in ("ERROR", "INFO")]
    for first, second in permutations(records):
        found = mined(LogLine(1, json.dumps(first)), LogLine(2, json.dumps(second)))
        assert sorted((t.level, t.before) for t in found) == [("error", 1), ("info", 1)]


def test_lines_are_counted_around_the_onset_and_per_version() -> None:
    old, new = "2026/11/23/[3]aa", "2026/11/23/[4]bb"
    found = mined(
        *(LogLine(at, "ERROR no price", old) for at in (10.5, 20)),
        *(LogLine(at, "ERROR no price", new) for at in (999.9, 1000, 1001)),
    )
    assert {(t.version, t.before, t.after, t.first_seen) for t in found} == {
        ("3", 2, 0, 10),
        ("4", 1, 2, 999),
    }


def test_worst_and_newest_templates_are_kept() -> None:
    noise = [LogLine(1, f"{chr(65 + n // 9) * 3} {'word ' * (n % 9 + 2)}", "") for n in range(90)]
    found = mined(*noise, LogLine(1500, "ERROR no price", ""))
    assert len(found) == MOST_TEMPLATES
    assert found[0].template.outsider == "ERROR no price"


@given(lines, st.randoms())
def test_templates_do_not_depend_on_the_order_of_lines(found: list[LogLine], rng: Random) -> None:
    shuffled = list(found)
    rng.shuffle(shuffled)
    assert mined(*shuffled) == mined(*found)


@pytest.mark.parametrize("order", permutations(range(3)))
def test_line_matching_two_templates_always_joins_the_same(order: tuple[int, ...]) -> None:
    found = [LogLine(n, text) for n, text in enumerate(("u p q r", "u p s t", "u v s t"))]
    assert mined(*(found[n] for n in order)) == mined(*found)


@given(lines)
def test_every_line_with_words_is_counted_once(found: list[LogLine]) -> None:
    spoken = [line for line in found if read_event(line.message) is not None]
    templates = mine_templates("lambda:f", found, ONSET, most=10_000)
    assert sum(t.before + t.after for t in templates) == len(spoken)
    assert sum(t.before for t in templates) == sum(line.at < ONSET for line in spoken)
    assert len({t.id for t in templates}) == len(templates)


def test_flood_of_different_lines_keeps_the_tree_bounded() -> None:
    tree = Drain()
    for n in range(5 * MOST_CLUSTERS):
        word = "".join(chr(97 + (n // 26**k) % 26) for k in range(3))
        tree.add("info", f"{word} {word}{word} {word}x")
    assert len(tree.clusters) == MOST_CLUSTERS + 1
    assert tree.clusters[-1].template == "<other> lines"


HOSTILE = {
    "nested": "{" + '"a":{' * 3000,
    "nested list": '{"message": ' + "[" * 4000 + "]" * 4000 + "}",
    "long word": "a" * 8000,
    "digits": "1" * 8000,
    "hex": "a1" * 4000,
    "quotes": "'\"" * 4000,
    "open quotes": "'a b " * 1600,
    "dashes": "a-1-" * 2000,
    "dots": "1." * 4000,
    "control": "\x00\x1b[31m\u202e" * 500,
    "null fields": json.dumps({"message": None, "level": {"a": 1}, "exception": [None, 3]}),
    "huge number": '{"message": ' + "9" * 5000 + "}",
    "everything": "a1b2 c3 '5 6' " * 600,
    "record": json.dumps({"type": "platform.report", "record": "no record"}),
    "surrogate": '{"message": "\\ud800"}',
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_line_is_cheap_and_stays_outsiders_text(text: str) -> None:
    began = time.process_time()
    found = mined(*(LogLine(n, text) for n in range(20)))
    assert time.process_time() - began < 0.5
    assert all(len(t.template.outsider) <= 2000 for t in found)
    assert all("\x00" not in t.template.outsider for t in found)
    assert all(t.model_dump_json().encode() for t in found)
