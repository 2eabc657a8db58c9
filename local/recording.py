"""Animated SVG of a real run: `python -m local.recording docs/pictures/demo.svg [demo's options]`.

Run `python -m local demo` in a terminal of 80 columns, note when each line appears, and draw the
lines as one picture that scrolls by CSS alone: no script, no font file, no other host. Pauses are
shortened, and the title states the real duration. A run that did not end as its scenario says it
should is not drawn.
"""

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from rich.ansi import AnsiDecoder
from rich.console import Console
from rich.text import Text

from local.emulator_install import ROOT
from local.terminal_svg import COLUMNS, ScreenFrame, drawn

TARGET: Final = Path("docs/pictures/demo.svg")
COMMAND: Final = ("python", "-m", "local", "demo")
LONGEST_PAUSE: Final = 1.5
"""Seconds between two lines in the picture; a longer pause of the run is cut to this."""
LINE_SECONDS: Final = 0.12
"""Seconds that each line adds, so that a table that appears at once can be followed."""
TOKEN: Final = re.compile(r"(?<=#token=)[\w.-]+$")
"""The console's address ends with a token that signs a person in: it is left out."""
REST: Final = re.compile(r"[\w.-]+")
LAST_SECONDS: Final = 8.0
"""Seconds that the end of the run stays before the picture starts again."""


class ScreenLine(NamedTuple):
    """One line of output, with its ANSI codes, and the second of the run in which it appeared."""

    at: float
    text: str


class Recording(NamedTuple):
    """Output of one run, its duration in seconds, and its exit status."""

    lines: tuple[ScreenLine, ...]
    seconds: float
    status: int


def record(command: Sequence[str]) -> Recording:
    """Run the command to its end, as in a terminal with colours, and return its output."""
    settings = {"COLUMNS": str(COLUMNS), "FORCE_COLOR": "1", "TERM": "xterm-256color"}
    environment = {**os.environ, **settings, "PYTHONUNBUFFERED": "1"}
    began = time.monotonic()
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE
    ) as run:
        lines = tuple(
            ScreenLine(time.monotonic() - began, line.rstrip("\n")) for line in run.stdout or ()
        )
    return Recording(tuple(without_tokens(lines)), time.monotonic() - began, run.returncode)


def without_tokens(lines: Iterable[ScreenLine]) -> Iterator[ScreenLine]:
    """Yield the lines without tokens, also where one goes on for several full lines."""
    goes_on = False
    for at, text in lines:
        if goes_on and REST.fullmatch(text):
            goes_on = len(text) >= COLUMNS
            continue
        goes_on = TOKEN.search(text) is not None and len(text) >= COLUMNS
        yield ScreenLine(at, TOKEN.sub("…", text))


def frames(recording: Recording, prompt: str) -> list[ScreenFrame]:
    """Return the picture's rows with the second of the picture in which each appears."""
    found, now, before = [ScreenFrame(0.0, Text(f"$ {prompt}", style="bold"))], 0.0, 0.0
    decoder = AnsiDecoder()
    for line in recording.lines:
        now += min(line.at - before, LONGEST_PAUSE) + LINE_SECONDS
        before = line.at
        found += [ScreenFrame(now, row) for row in _rows(decoder.decode_line(line.text))]
    return found


def picture(recording: Recording, prompt: str) -> str:
    """Return the SVG of the recording."""
    title = f"{prompt}: a recorded run of {recording.seconds:.0f} seconds, pauses shortened"
    return drawn(frames(recording, prompt), title=title, hold=LAST_SECONDS)


def _rows(line: Text) -> Iterable[Text]:
    """Yield the line as a terminal folds it."""
    console = Console(width=COLUMNS)
    return line.wrap(console, COLUMNS, overflow="fold") or [line]


def main(arguments: Sequence[str]) -> int:
    """Record one run and write its picture; return the run's exit status."""
    target, options = Path(arguments[0] if arguments else TARGET), arguments[1:]
    recording = record([sys.executable, *COMMAND[1:], *options])
    if recording.status == 0:
        target.write_text(picture(recording, shlex.join([*COMMAND, *options])))
        print(f"{target}: {len(recording.lines)} lines, {target.stat().st_size / 1000:.0f} kB")
    else:
        print("\n".join(line.text for line in recording.lines))
        print(f"not drawn: the run ended with status {recording.status}")
    return recording.status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
