"""What runs leave in `.local`: the newest of it is kept, the rest goes when the next one starts."""

from contextlib import suppress
from pathlib import Path
from typing import Final

KEPT: Final = {"emulator-*.log": 5, "post-mortem-*.md": 100, "evidence-*.json": 100}
"""How many of each."""


def tidy(state: Path) -> None:
    """Remove all but the newest. Others may be tidying, too: what is gone already is no error."""
    for pattern, most in KEPT.items():
        for old in sorted(state.glob(pattern), key=_written, reverse=True)[most:]:
            old.unlink(missing_ok=True)


def _written(path: Path) -> float:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime
    return 0.0
