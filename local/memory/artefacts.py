"""Files from Maven's central repository, fetched by a tool that pip installs."""

import subprocess
from pathlib import Path

from local.emulator_install import installed_python

FETCH_SECONDS = 300


class ArtefactsUnavailableError(RuntimeError):
    """A package or artefact cannot be had, for example without a network."""


def environment() -> Path:
    """Return the interpreter of the memory's environment. Raises ArtefactsUnavailableError."""
    try:
        return installed_python("memory")
    except (OSError, subprocess.CalledProcessError) as error:
        raise ArtefactsUnavailableError(f"packages of the memory's environment: {error}") from error


def jars(coordinate: str) -> list[Path]:
    """Return the artefact's jar and those that it depends on. Raises ArtefactsUnavailableError."""
    return _fetched(["jars", coordinate], ".jar")


def artefact(coordinate: str, suffix: str = ".jar") -> Path:
    """Return the artefact alone. Raises ArtefactsUnavailableError."""
    return _fetched(["path", coordinate], suffix)[0]


def _fetched(arguments: list[str], suffix: str) -> list[Path]:
    command = [str(environment().parent / "jgo"), "info", *arguments]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=FETCH_SECONDS
        )
    except subprocess.CalledProcessError as error:
        raise ArtefactsUnavailableError(f"{arguments[1]}: {error.stderr[-300:]}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ArtefactsUnavailableError(f"{arguments[1]}: {error}") from error
    found = [Path(word) for word in done.stdout.split() if word.endswith(suffix)]
    if not found:
        raise ArtefactsUnavailableError(f"{arguments[1]}: no {suffix} in what was fetched")
    return found
