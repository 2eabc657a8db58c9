"""The stacks of a former commit on an emulator of today, driven by that commit's own code.

The former code runs as a process of its own in a tree of its own: nothing of it is imported here.
"""

import io
import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from local.emulator_install import ROOT, STATE

COMMIT: Final = "f9435e6"
"""The last commit before what guards an effect was taken out of the log."""
DRIVER: Final = Path(__file__).with_name("former_driver.txt")
END_SECONDS: Final = 60


class MissingCommitError(LookupError):
    """The clone does not hold the commit, as a shallow one does not."""


def tree() -> Path:
    """Return the former code's tree, made once. Raises MissingCommitError."""
    home, made = STATE / f"former-{COMMIT}", STATE / f"former-{COMMIT}.new"
    if not home.exists():
        shutil.rmtree(made, ignore_errors=True)
        with tarfile.open(fileobj=io.BytesIO(_archive())) as archive:
            archive.extractall(made, filter="data")
        for installed in (".venv", "node_modules"):
            (made / installed).symlink_to(ROOT / installed)
        (made / STATE.name).mkdir()
        made.rename(home)
    return home


def _archive() -> bytes:
    git = ["git", "-C", str(ROOT), "archive", "--format=tar", COMMIT]
    done = subprocess.run(git, capture_output=True, check=False)  # noqa: S603 - our own history
    if done.returncode:
        raise MissingCommitError(done.stderr.decode())
    return done.stdout


class Former:
    """The driver, which takes one step after another and reports its result."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def output_of(self, what: str) -> dict[str, Any]:
        """Return the driver's report of the step. Raises RuntimeError if it ended."""
        if self._process.stdout is None:
            raise RuntimeError("the driver has no output")
        for line in self._process.stdout:
            found: dict[str, Any] = json.loads(line)
            if found["what"] == what:
                return found
        raise RuntimeError(f"the former code ended before {what}: see its log")


@contextmanager
def running(port: int, seed: int) -> Iterator[Former]:
    """Deploy the former stacks to the emulator there, and keep customers and channels up."""
    home = tree()
    with (
        (home / "driver.log").open("w") as log,
        subprocess.Popen(  # noqa: S603 - our own history
            [sys.executable, "-u", "-c", DRIVER.read_text(), str(port), str(seed)],
            cwd=home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        try:
            yield Former(process)
        finally:
            _end(process)


def _end(process: "subprocess.Popen[str]") -> None:
    """End the driver by closing its input."""
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
