"""Removal of old files from `.local`, when the next run starts."""

from contextlib import suppress
from pathlib import Path
from typing import Final

KEEP_NEWEST: Final = {"emulator-*.log": 5, "post-mortem-*.md": 100, "evidence-*.json": 100}
"""Number of files to keep by pattern, newest first."""


def remove_old_files(state: Path) -> None:
    """Remove all but the newest files of each kind. Another process may be doing the same."""
    for pattern, most in KEEP_NEWEST.items():
        for old in sorted(state.glob(pattern), key=_modified_at, reverse=True)[most:]:
            old.unlink(missing_ok=True)


def _modified_at(path: Path) -> float:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime
    return 0.0
