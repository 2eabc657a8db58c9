"""A stack trace is one event: its exception, and the frame in the user's own code."""

import json
import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.evidence.joined_lines import MOMENT_SECONDS, join_lines
from functions.evidence.log_lines import read_event
from functions.evidence.stack_traces import MOST_LINES, read_trace
from functions.evidence.templates import mine_templates
from functions.evidence.trace_text import MOST_TRACE
from quorum.domain.evidence import LogTemplate
from quorum.narrative.safe_text import OUTSIDER_LENGTH
from quorum.ports.telemetry import LogLine
from quorum.seats.llm import rendering
from tests.unit.evidence.traces import (
    GO,
    JAVA,
    LOGGED,
    NODE,
    PYTHON,
    RECORDS,
    TEXTS,
    VENDORED,
    Trace,
    record,
)
from tests.unit.source_rules.linear import slow

ALL = {**TEXTS, **RECORDS}
NOISE = re.compile(r"^[\s^~]*$|Traceback|^\s")


def mined(lines: list[LogLine]) -> tuple[LogTemplate, ...]:
    return mine_templates("lambda:f", lines, onset=0)


def shown(lines: list[LogLine]) -> list[tuple[str, str, int]]:
    return [(t.level, t.template.outsider, t.after) for t in mined(lines)]


def split(text: str, at: float = 1.0, stream: str = "ecs/web/1") -> list[LogLine]:
    """Return the lines as events of their own, as the log driver of a container sends them."""
    return [LogLine(at, line, stream) for line in text.split("\n") if line]


@pytest.mark.parametrize("trace", ALL.values(), ids=ALL)
def test_trace_in_one_event_is_its_exception_and_the_users_own_frame(trace: Trace) -> None:
    assert shown([LogLine(1.0, trace.text)]) == [("error", trace.template, 1)]


@pytest.mark.parametrize("trace", TEXTS.values(), ids=TEXTS)
def test_trace_in_one_event_per_line_gives_the_same_template(trace: Trace) -> None:
    lines = [*split(trace.text), *split(trace.text, at=20.0)]
    assert shown(lines) == [("error", trace.template, 2)]


@pytest.mark.parametrize("trace", TEXTS.values(), ids=TEXTS)
def test_windows_line_ends_and_blank_events_change_nothing(trace: Trace) -> None:
    lines = [LogLine(1.0, f"{line}\r\n") for line in trace.text.split("\n")]
    assert shown(lines) == [("error", trace.template, 1)]


@pytest.mark.parametrize("trace", TEXTS.values(), ids=TEXTS)
def test_lines_around_a_trace_are_separate_events(trace: Trace) -> None:
    before, after = LogLine(1.0, "served order 17 in 12 ms"), LogLine(1.1, "INFO: order 18 came in")
    found = shown([before, *split(trace.text), after])
    assert len(found) == 3 if trace is not LOGGED else 2
    assert ("error", trace.template, 1) in found


streams = st.lists(
    st.tuples(st.sampled_from(list(TEXTS.values())), st.integers(0, 4)), min_size=1, max_size=6
)


@given(streams, st.randoms())
def test_interleaved_traces_of_several_streams_are_separated(
    given_: list[tuple[Trace, int]], rng: Random
) -> None:
    lines = [split(t.text, at, f"s{n}") for n, (t, at) in enumerate(given_)]
    queue = [n for n, one in enumerate(lines) for _ in one]
    rng.shuffle(queue)
    mixed = [lines[n].pop(0) for n in queue]

    found = shown(mixed)

    assert sum(count for _, _, count in found) == len(given_)
    assert {text for _, text, _ in found} == {t.template for t, _ in given_}


def test_lines_after_a_pause_are_another_event() -> None:
    head, *rest = split(PYTHON.text)
    late = [line._replace(at=line.at + 1.5 * MOMENT_SECONDS) for line in rest]
    assert len(join_lines([head, *rest])) == 1
    assert len(join_lines([head, *late])) == 2


def test_trace_across_the_onset_counts_at_its_start() -> None:
    lines = [LogLine(99.5 + n / 100, line) for n, line in enumerate(PYTHON.text.split("\n"))]
    lines = [line._replace(at=min(line.at, 100.2)) for line in lines]
    (found,) = mine_templates("lambda:f", [*lines[:2], *lines[2:]], onset=100)
    assert (found.before, found.after) == (1, 0)


def test_truncated_trace_has_its_place() -> None:
    lines = split(PYTHON.text)
    assert shown(lines[2:]) == [("error", PYTHON.template, 1)]
    assert shown(lines[:-1]) == [("error", "unknown exception at handler.py:12 in total", 1)]


@pytest.mark.parametrize(
    "text",
    ["Traceback (most recent call last):", "   ^^^^^^^", "  ~~~~^^^~~", "[ERROR]\n    ^^^\n"],
)
def test_lines_of_a_trace_without_words_are_no_template(text: str) -> None:
    found = read_event(text)
    assert found is None or found.text == "[ERROR]"


def test_template_of_a_moved_line_has_the_newest_line_number() -> None:
    moved = PYTHON.text.replace("line 12", "line 15")
    old, new = (LogLine(at, text, "ecs/web/1") for at, text in ((1.0, PYTHON.text), (9.0, moved)))
    assert shown([new, old]) == [("error", PYTHON.template.replace(":12", ":15"), 2)]


def test_same_message_from_two_places_is_two_templates() -> None:
    other = PYTHON.text.replace("handler.py", "basket.py").replace("in total", "in sum")
    found = shown([LogLine(1.0, PYTHON.text), LogLine(2.0, other)])
    assert {text.rpartition(" at ")[2] for _, text, _ in found} == {
        "handler.py:12 in total",
        "basket.py:12 in sum",
    }


def test_variable_parts_of_an_exception_are_masked_and_its_place_is_not() -> None:
    texts = [
        PYTHON.text.replace("unsupported", word).replace("'int' and 'NoneType'", f"order {n}")
        for n, word in enumerate(("unsupported", "unknown", "impossible"))
    ]
    (found,) = shown([LogLine(float(n), text) for n, text in enumerate(texts)])
    assert found[1] == "TypeError: <*> operand type(s) for +: order <n> at handler.py:12 in total"


def test_trace_without_the_users_own_frame_has_the_innermost_one() -> None:
    text = re.sub(r"  File \"/var/task/orders.*\n.*\n", "", VENDORED.text)
    (found,) = shown([LogLine(1.0, text)])
    assert found[1].endswith("at client.py:1023 in _make_api_call")


def test_frame_of_another_goroutine_is_not_the_place() -> None:
    text = re.sub(r"github.com/shop.*\n.*\n.*\n.*\n", "", GO.text)
    assert "charge.go" not in text
    assert "wait.go" in text
    (found,) = shown([LogLine(1.0, text)])
    assert found[1].endswith(" at panic.go:884 in panic")


@pytest.mark.parametrize(
    ("frame", "own"),
    [
        ('File "/usr/lib/python3.13/json/decoder.py", line 3, in decode', False),
        ('File "<frozen importlib._bootstrap>", line 3, in _call', False),
        ('File "/opt/python/shared/tool.py", line 3, in use', False),
        ('File "/srv/shop/requests/api.py", line 3, in use', True),
        ("at t (/app/node_modules/pg/client.js:3:9)", False),
        ("at t (node:events:517:28)", False),
        ("at t (/app/src/client.ts:3:9)", True),
        ("at org.springframework.web.Servlet.doGet(Servlet.java:3)", False),
        ("at app//com.shop.Client$Inner.call(Client.java:3)", True),
        ("at java.base@21/java.util.Map.get(Map.java:3)", False),
        ("at Microsoft.AspNetCore.Mvc.Invoke(Object o)", False),
        ("at Shop.Api.Invoke(Object o) in C:\\src\\Api.cs:line 3", True),
        ("/usr/local/bundle/gems/pg-1.5/lib/pg.rb:3:in 'exec'", False),
        ("from /srv/shop/lib/pg.rb:3:in `exec'", True),
        ("\t/go/pkg/mod/github.com/lib/pq@v1.10.9/conn.go:3 +0x1", False),
        ("\tnet/http/server.go:3 +0x1", False),
        ("\t/src/shop/server.go:3 +0x1", True),
    ],
)
def test_libraries_and_runtimes_are_not_the_users_own_code(frame: str, own: bool) -> None:  # noqa: FBT001
    indented = frame if frame.startswith(("\t", "/")) else f"  {frame}"
    trace = read_trace(f"boom.Error: no\n{indented}\n")
    assert trace is not None
    python = 'File "/app/mine.py", line 7, in mine'
    java = "at com.shop.Mine.mine(Mine.java:7)"
    outer = python if "File" in frame else java
    order = [f"  {outer}", indented] if "File" in frame else [indented, f"  {outer}"]
    both = read_trace("\n".join(["boom.Error: no", *order]))
    assert both is not None
    assert both.location is not None
    assert (both.location.function.endswith("mine")) is not own


def test_a_long_trace_keeps_its_exception_and_its_cause() -> None:
    frames = "".join(
        f'  File "/x/site-packages/a.py", line {n}, in f\n    f()\n' for n in range(900)
    )
    text = PYTHON.text.replace("  File", f"{frames}  File", 1)
    assert len(text) > 20_000
    assert shown([LogLine(1.0, text)]) == [("error", PYTHON.template, 1)]
    assert shown(split(text)) == [("error", PYTHON.template, 1)]


def test_a_long_message_leaves_room_for_the_place() -> None:
    words = " ".join(["on arn:aws:iam::role/shop"] * 20) + " of table/items"
    text = JAVA.text.replace("checkout failed", words).replace("connect timed out", words)
    (found,) = shown([LogLine(1.0, text)])
    assert found[1].count("of table/items") == 2
    assert found[1].endswith(" at PaymentClient.java:12 in PaymentClient.charge")


@pytest.mark.parametrize("message", ["a" * 900, "a " * 400])
def test_the_longest_template_of_a_trace_is_shown_whole(message: str) -> None:
    text = JAVA.text.replace("checkout failed", message).replace("connect timed out", message)
    text = text.replace("PaymentClient", "PaymentClient" * 9).replace(":12", ":1234567")
    (found,) = shown([LogLine(1.0, record(level="ERROR", message=message, exception=text))])
    assert len(found[1]) <= min(OUTSIDER_LENGTH, rendering.TEXT)
    assert found[1].endswith("PaymentClient.charge")


def test_a_warning_with_a_trace_stays_a_warning() -> None:
    (found,) = shown([LogLine(1.0, f"WARNING:shop:trying again\n{NODE.text}")])
    assert found[0] == "warning"
    (found,) = shown([LogLine(1.0, record(level="WARN", message="x", exception=PYTHON.text))])
    assert found[0] == "warning"


SECRET = "Zq7secretZq7"  # noqa: S105 - an example


@pytest.mark.parametrize(
    "text",
    [
        PYTHON.text.replace("unsupported", f"password={SECRET}"),
        PYTHON.text.replace("handler.py", f"password={SECRET}.py"),
        PYTHON.text.replace("in total", f"in token={SECRET}"),
        PYTHON.text.replace("handler.py", "password=").replace("in total", f"in {SECRET}"),
        JAVA.text.replace("timed out", f"to https://u:{SECRET}@h"),
        GO.text.replace("/app/", f"/app/secret={SECRET}/"),
        record(errorType="E", errorMessage=f"Bearer {SECRET}9", stackTrace=[]),
        record(message=f"api_key: {SECRET}", exception=PYTHON.text),
    ],
)
def test_trace_template_contains_no_secret(text: str) -> None:
    for lines in ([LogLine(1.0, text)], split(text)):
        found = mined(lines)
        assert found
        assert SECRET not in json.dumps([t.model_dump() for t in found])


parts = [line for trace in TEXTS.values() for line in trace.text.split("\n")]
words = st.one_of(st.sampled_from(parts), st.text(max_size=80))


@given(st.lists(words, max_size=40), st.booleans())
def test_trace_lines_in_any_order_give_bounded_templates(
    lines: list[str],
    whole: bool,  # noqa: FBT001
) -> None:
    events = [LogLine(1.0, line, "s") for line in lines]
    found = mined([LogLine(1.0, "\n".join(lines), "s")] if whole else events)
    for template in found:
        text = template.template.outsider
        assert "Traceback (most" not in text or len(text) > len(
            "Traceback (most recent call last):"
        )
        assert not re.fullmatch(r"[\s^~]+", text)
        assert len(text) <= 2000
    assert sum(t.after for t in found) <= len(lines)


@given(st.sampled_from(list(TEXTS.values())), st.text(max_size=300))
def test_a_trace_with_any_message_shows_its_place(trace: Trace, message: str) -> None:
    exception = PYTHON.text.rpartition("\n")[2]
    text = PYTHON.text.replace(exception, "ShopError: " + " ".join(message.split()))
    (found,) = mined([LogLine(1.0, text)])
    assert found.template.outsider.startswith("ShopError")
    assert found.template.outsider.endswith(" at handler.py:12 in total")
    assert len(found.template.outsider) <= MOST_TRACE + 30
    assert len(mined([LogLine(1.0, trace.text + " " + message)])) == 1


UNITS = (
    *("a\n", "a: b\n", "    at a.b(C.java:1)\n", "  at a (b:1:1)\n", '  File "a", line 1, in b\n'),
    *(
        "Caused by: a.B: c\n",
        "goroutine 1 [",
        "main.f(",
        "(",
        "a.",
        "\tb.go:1\n",
        "a.rb:1:in 'b'\n",
    ),
    *(
        " ---> ",
        "ERROR ",
        "\u00a0",
        "| ",
        "Traceback (most recent call last):\n",
        "A::",
        "\r",
        "1:",
    ),
)


def test_a_trace_takes_time_linear_in_its_length() -> None:
    starts = ("", "TypeError: x\n", "Traceback (most recent call last):\n", "panic: x\n", "    at ")
    texts = [(start, unit) for start in starts for unit in UNITS]
    assert slow(read_event, iter(texts)) is None
    assert slow(read_trace, iter(texts)) is None


def test_joining_a_trace_takes_time_linear_in_its_lines() -> None:
    def join(text: str) -> object:
        return join_lines([LogLine(1.0, line, "s") for line in text.split("\n")])

    starts = ("", "Traceback (most recent call last):\n", "panic: x\n", "E: Error\n    at x\n")
    assert slow(join, iter([(start, unit) for start in starts for unit in UNITS])) is None


def test_joining_reads_no_line_beyond_the_trace() -> None:
    trace = read_trace("TypeError: x\n" + "    at a (/app/b.js:1:1)\n" * (50 * MOST_LINES))
    assert trace is not None
    assert str(trace.location) == "b.js:1 in a"
