"""Bytecode for another Python version, written by that minor version's own interpreter."""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path


@cache
def interpreter(python: str) -> str | None:
    """Return an interpreter of the minor version (`3.13`), or None when none is installed."""
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = [sys.executable] if own == python else [shutil.which(f"python{python}"), _by_uv(python)]
    return next((path for path in found if path and _is(path, python)), None)


def compiled(tree: Path, python: str, *, prefix: str) -> bool:
    """Compile the tree in place; return False, without compiling, when no interpreter is installed.

    The bytecode holds no time stamp and has `prefix` as its path, so that it is valid wherever it
    is unpacked and identical for identical sources.
    """
    found = interpreter(python)
    if found is None:
        return False
    options = ["--invalidation-mode", "unchecked-hash", "-s", str(tree), "-p", prefix]
    # A file that does not compile for this version stays source
    _run([found, "-m", "compileall", "-q", "-q", "-j", "0", *options, str(tree)])
    return True


def _by_uv(python: str) -> str | None:
    uv = Path(sys.prefix) / "bin" / "uv"
    command = [str(uv), "python", "find", "--no-python-downloads", python]
    return (_run(command) or None) if uv.exists() else None


def _is(path: str, python: str) -> bool:
    """Return whether the path runs this version: version managers put stubs on the path."""
    return _run([path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]) == python


def _run(command: list[str]) -> str:
    """Return the command's standard output, stripped; empty when it fails."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - ours
    return done.stdout.strip()
