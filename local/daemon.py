"""`up` and `down`: a background process that holds the stage, and the file that describes it."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from local.emulator_install import STATE
from local.stage import LocalStage

FILE = STATE / "stage.json"
LOG = STATE / "stage.log"
START_SECONDS = 900
"""Timeout of `up`: a deployment of two minutes may take five times as long on a busy laptop."""
END_SECONDS = 120


def up(seed: int) -> str:
    """Start the stage in the background; return its endpoint. Raises RuntimeError."""
    if FILE.exists() and _alive(_read()["pid"]):
        raise RuntimeError(
            f"already running at {_read()['endpoint']}; stop it with `python -m local down`"
        )
    FILE.unlink(missing_ok=True)
    STATE.mkdir(exist_ok=True)
    LOG.unlink(missing_ok=True)
    LOG.touch(mode=0o600)  # not for other users of this machine
    with LOG.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "local.daemon", str(seed)],
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS
    while not FILE.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.terminate()
            raise RuntimeError(
                f"the stage did not start; end of its log:\n{LOG.read_text()[-2000:]}"
            )
        time.sleep(0.2)
    return endpoint()


def down() -> bool:
    """Stop the stage; return False if none was running."""
    if not FILE.exists() or not _alive(_read()["pid"]):
        FILE.unlink(missing_ok=True)
        return False
    pid = _read()["pid"]
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + END_SECONDS
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    return True


def endpoint() -> str:
    """Return the emulator's URL. Raises LookupError when no stage is running."""
    if not FILE.exists() or not _alive(_read()["pid"]):
        raise LookupError("no stage is running; start one with `python -m local up`")
    return str(_read()["endpoint"])


def console() -> str:
    """Return the console's URL, signed in. Raises LookupError when no stage is running."""
    endpoint()
    return str(_read()["console"])


def token(person: str) -> str:
    """Return the person's token. Raises LookupError for an unknown person, or without a stage."""
    endpoint()
    tokens: dict[str, str] = _read()["tokens"]
    if person not in tokens:
        raise LookupError(f"unknown person {person!r}; choose one of {', '.join(tokens)}")
    return tokens[person]


def serve(seed: int) -> None:
    """Run the stage until a signal ends the process."""
    with LocalStage(seed, say=print) as stage:
        found = {
            "pid": os.getpid(),
            "endpoint": stage.emulator.endpoint,
            "console": stage.console.address,
            "tokens": stage.console.tokens,
        }
        FILE.unlink(missing_ok=True)
        FILE.touch(mode=0o600)  # it holds the tokens of these people
        FILE.write_text(json.dumps(found))
        try:
            signal.pause()
        finally:
            FILE.unlink(missing_ok=True)


def _read() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(FILE).read_text())
    return found


def _alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


if __name__ == "__main__":
    serve(int(sys.argv[1]))
