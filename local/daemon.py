"""`up` and `down`: a process of its own holds the stage and ends with everything it started."""

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
from local.stage import Stage

FILE = STATE / "stage.json"
LOG = STATE / "stage.log"
START_SECONDS = 900
"""A busy laptop: a deployment of two minutes may take five times as long."""
END_SECONDS = 120


def up(seed: int) -> str:
    """Start the stage in the background; return its endpoint. Raises RuntimeError."""
    if FILE.exists() and _alive(_read()["pid"]):
        raise RuntimeError(f"already up at {_read()['endpoint']}; python -m local down ends it")
    FILE.unlink(missing_ok=True)
    STATE.mkdir(exist_ok=True)
    LOG.unlink(missing_ok=True)
    LOG.touch(mode=0o600)  # it tells the console's address, with a token
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
            raise RuntimeError(f"it did not start; its log ends so:\n{LOG.read_text()[-2000:]}")
        time.sleep(0.2)
    return endpoint()


def down() -> bool:
    """End the stage; return whether there was one."""
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
    """Return where the stage answers. Raises LookupError when none is up."""
    if not FILE.exists() or not _alive(_read()["pid"]):
        raise LookupError("nothing is up; python -m local up starts it")
    return str(_read()["endpoint"])


def console() -> str:
    """Return the console's address. Raises LookupError when nothing is up."""
    endpoint()
    return str(_read()["console"])


def token(person: str) -> str:
    """Return the person's token. Raises LookupError for nobody who signs in here, or nothing up."""
    endpoint()
    tokens: dict[str, str] = _read()["tokens"]
    if person not in tokens:
        raise LookupError(f"nobody is called {person!r}; the people are {', '.join(tokens)}")
    return tokens[person]


def serve(seed: int) -> None:
    """Hold the stage until told to end."""
    with Stage(seed, say=print) as stage:
        found = {
            "pid": os.getpid(),
            "endpoint": stage.emulator.endpoint,
            "console": stage.console.address,
            "tokens": stage.console.tokens,
        }
        FILE.unlink(missing_ok=True)
        FILE.touch(mode=0o600)  # whoever reads it is any of these people
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
