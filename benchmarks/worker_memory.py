"""Memory of the emulator's Lambda workers, read from /proc (Linux only)."""

import re
from pathlib import Path
from typing import Final

from local.quorum import PREFIX

_WORKER: Final = re.compile(r"/emulator-(\d+)/ministack-lambda-(.+)-[^-/]+/")
_PEAK: Final = re.compile(r"VmHWM:\s+(\d+) kB")


def resident_mebibytes(port: int) -> dict[str, float]:
    """Return the peak memory of any worker so far, in MiB, by function."""
    found = dict[str, float]()
    for process in Path("/proc").glob("[0-9]*"):
        name = _function(process, port)
        if name is not None:
            found[name] = max(found.get(name, 0.0), _peak(process))
    return found


def _function(process: Path, port: int) -> str | None:
    try:
        words = (process / "cmdline").read_text(errors="replace")
    except OSError:  # the process has ended
        return None
    match = _WORKER.search(words)
    if not match or int(match[1]) != port or PREFIX not in match[2]:
        return None
    return match[2].rpartition(PREFIX)[2]


def _peak(process: Path) -> float:
    match = _PEAK.search((process / "status").read_text())
    return int(match[1]) / 1024 if match else 0.0
