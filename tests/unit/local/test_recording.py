"""The recorded terminal: real output, cut pauses, and a picture that needs nothing but itself."""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from local.emulator_install import ROOT
from local.recording import (
    LINE_SECONDS,
    LONGEST_PAUSE,
    TARGET,
    Recording,
    ScreenLine,
    frames,
    main,
    picture,
    record,
    without_tokens,
)
from local.terminal_svg import COLUMNS, ROWS, ScreenFrame, drawn

SVG = "{http://www.w3.org/2000/svg}"
MOST_BYTES = 200_000


def rows(svg: str) -> list[str]:
    texts = ET.fromstring(svg).iter(f"{SVG}text")  # noqa: S314 - our own
    return ["".join(text.itertext()).replace("\u00a0", " ") for text in texts]


def recorded(*lines: tuple[float, str]) -> Recording:
    return Recording(tuple(ScreenLine(at, text) for at, text in lines), seconds=60.0, status=0)


def test_record_keeps_the_output_of_a_command_in_order_and_its_status() -> None:
    said = "import sys; print('first'); print('\\x1b[1msecond\\x1b[0m'); sys.exit(3)"

    recording = record([sys.executable, "-c", said])

    assert [line.text for line in recording.lines] == ["first", "\x1b[1msecond\x1b[0m"]
    assert recording.status == 3
    assert 0 <= recording.lines[0].at <= recording.lines[1].at <= recording.seconds


def test_record_leaves_the_consoles_token_out() -> None:
    recording = record([sys.executable, "-c", "print('http://x/#token=eyJh.bGc-i_O')"])

    assert recording.lines[0].text == "http://x/#token=…"


def test_a_token_that_the_terminal_folded_is_left_out_whole() -> None:
    start = "http://x/#token=".ljust(COLUMNS, "e")
    said = [start, "f" * COLUMNS, "g.h-i", "Next"]

    kept = [line.text for line in without_tokens(ScreenLine(0, text) for text in said)]

    assert kept == ["http://x/#token=…", "Next"]


def test_a_pause_is_cut_and_the_title_states_the_real_duration() -> None:
    recording = recorded((0.2, "a"), (50.0, "b"))

    prompt, first, second = frames(recording, "run")

    assert prompt.at == 0
    assert first.at == pytest.approx(0.2 + LINE_SECONDS)
    assert second.at - first.at == pytest.approx(LONGEST_PAUSE + LINE_SECONDS)
    assert "60 seconds, pauses shortened" in picture(recording, "run")


def test_a_line_folds_as_in_a_terminal() -> None:
    _, *folded = frames(recorded((0, "x" * (COLUMNS + 1))), "run")

    assert [frame.row.plain for frame in folded] == ["x" * COLUMNS, "x"]
    assert len({frame.at for frame in folded}) == 1


def test_columns_stay_where_they_are() -> None:
    svg = picture(recorded((0, "Outcome      resolved")), "run")

    assert "Outcome" + 6 * "\u00a0" + "resolved" in svg
    assert 'x="0" y="32" textLength="176.4"' in svg


def test_styles_of_the_terminal_are_kept() -> None:
    svg = picture(recorded((0, "\x1b[1;36mIncidentOpened\x1b[0m plain \x1b[2mdim\x1b[0m")), "run")

    assert rows(svg) == ["$ run", "IncidentOpened", "plain", "dim"]
    assert "font-weight:bold" in svg
    assert "opacity:" in svg


@given(st.lists(st.text(max_size=200), max_size=20))
def test_whatever_is_printed_is_text_in_the_picture(lines: list[str]) -> None:
    frames = [ScreenFrame(float(n), Text(line)) for n, line in enumerate(("$", *lines))]
    svg = drawn(frames, title="<b>", hold=1)

    root = ET.fromstring(svg)  # noqa: S314 - our own
    assert {element.tag for element in root.iter()} <= {
        f"{SVG}{name}" for name in ("svg", "title", "style", "rect", "g", "text")
    }
    printed = "".join("".join(lines).split())
    shown = "".join("".join(rows(svg)[1:]).split())
    assert shown == "".join(c for c in printed if c >= " " and c not in "\ufffe\uffff")


def moves(svg: str, name: str) -> dict[str, str]:
    """Return the offset of a class in pixels by the step's time; "" is without animation."""
    (end,) = re.findall(rf"\.{name}\{{transform:translateY\((-?\d+)px\);animation", svg)
    _, _, steps = svg.partition(f"@keyframes {name}{{\n")
    found = re.findall(
        r"([\d.]+%)\{transform:translateY\((-?\d+)px\)\}", steps.partition("}\n}")[0] + "}"
    )
    return {"": end, **dict(found)}


def test_the_window_fills_and_then_scrolls_and_the_end_stays() -> None:
    several = [ScreenFrame(float(n), Text(str(n))) for n in range(ROWS + 1)]
    svg = drawn(several, title="t", hold=10)

    assert f"rows {ROWS + 10:.2f}s step-end infinite" in svg
    assert moves(svg, "curtain") == {
        "": str(ROWS * 18),
        **{f"{n / (ROWS + 10):.4%}": str((n + 1) * 18) for n in range(ROWS)},
    }
    assert moves(svg, "rows") == {"": "-18", "0.0000%": "0", f"{ROWS / (ROWS + 10):.4%}": "-18"}


def test_a_run_that_failed_is_not_drawn(tmp_path: Path) -> None:
    target = tmp_path / "demo.svg"

    assert main([str(target), "--no-such-option"]) != 0
    assert not target.exists()


def test_the_readmes_picture_is_small_and_needs_nothing_else() -> None:
    svg = (ROOT / TARGET).read_text()

    assert len(svg.encode()) < MOST_BYTES
    assert any(row.startswith("resolved") for row in rows(svg))
    assert "eyJ" not in svg
    for other in ("<script", "href", "url(", "@import", "<image"):
        assert other not in svg
