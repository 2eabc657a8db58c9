"""Local AWS emulator: MiniStack with IAM enforced, on its own port.

with Emulator() as emulator:
    client = emulator.client("lambda")
"""

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any, Self

from local.cleanup import remove_old_files
from local.clients import client
from local.emulator_environment import ACCOUNT, for_clients, for_server
from local.emulator_install import ROOT, STATE, installed_python

__all__ = ["ACCOUNT", "Emulator", "EmulatorError"]
START_SECONDS = 120.0


class EmulatorError(RuntimeError):
    """The emulator did not start; the message holds the end of its log."""


class Emulator:
    """One emulator and its Lambda workers; both end with the `with` block, also by an error."""

    def __init__(
        self, port: int | None = None, model_url: str = "", embedding_url: str = ""
    ) -> None:
        self.port, self._models = port or _free_port(), (model_url, embedding_url)
        self.log = STATE / f"emulator-{self.port}.log"
        self._scratch = STATE / f"emulator-{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self._on_terminate: Any = None

    @property
    def endpoint(self) -> str:
        """Return the URL of all services."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """Return the environment variables that point an SDK, or the CDK, at this emulator."""
        return for_clients(self.endpoint)

    def client(self, service: str, **options: Any) -> Any:
        """Return a boto3 client of the service, as root unless the options hold credentials."""
        return client(service, self.endpoint, **options)

    def start(self) -> Self:
        """Install if needed, start, and return once healthy. Raises EmulatorError."""
        python = installed_python()
        remove_old_files(STATE)
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._scratch.mkdir(parents=True)
        self._watch_for_termination()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [python, "-m", "local.emulator_server"],
                cwd=ROOT,
                env=for_server(self.port, self._scratch, *self._models),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait_until_healthy()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Kill the emulator and its workers; their state is discarded."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdin:
            process.stdin.close()
        shutil.rmtree(self._scratch, ignore_errors=True)
        if self._on_terminate is not None:
            signal.signal(signal.SIGTERM, self._on_terminate)
            self._on_terminate = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _wait_until_healthy(self) -> None:
        health, deadline = f"{self.endpoint}/_ministack/health", time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            with suppress(OSError), urllib.request.urlopen(health, timeout=2):  # noqa: S310
                return
            time.sleep(0.05)
        tail = self.log.read_text(errors="replace")[-2000:]
        raise EmulatorError(f"MiniStack did not start on port {self.port}; end of its log:\n{tail}")

    def _watch_for_termination(self) -> None:
        """Make SIGTERM unwind `with` blocks as Ctrl-C does, unless it already has a handler."""
        main = threading.current_thread() is threading.main_thread()
        if main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            self._on_terminate = signal.signal(signal.SIGTERM, _terminate)


def _terminate(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
