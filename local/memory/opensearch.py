"""A local OpenSearch with the k-NN plugin, on its own port.

with OpenSearchServer() as server:
    client = unsigned_client(server.endpoint)

It verifies no signatures and listens on 127.0.0.1 alone.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from local.memory.opensearch_layout import JAVA, installed_home

START_SECONDS: Final = 90.0
LEAST_ACCOUNT: Final = 65534
HEAP: Final = "256m"
SETTINGS: Final = """\
network.host: 127.0.0.1
http.port: {port}
transport.port: {transport}
discovery.type: single-node
path.data: {scratch}/data
path.logs: {scratch}/logs
cluster.routing.allocation.disk.threshold_enabled: false
"""
LOGGING: Final = """\
status = error
appender.c.type = Console
appender.c.name = c
appender.c.layout.type = PatternLayout
appender.c.layout.pattern = %d %p %c{1.} %m%n
rootLogger.level = warn
rootLogger.appenderRef.c.ref = c
"""


class OpenSearchServerError(RuntimeError):
    """OpenSearch did not start; the message holds the end of its log."""


class OpenSearchServer:
    """One node without data; it ends with the `with` block or with this process."""

    def __init__(self) -> None:
        self.port, self._transport = _free_ports()
        self._process: subprocess.Popen[bytes] | None = None
        self._scratch = Path()

    @property
    def endpoint(self) -> str:
        """Return the URL."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        """Install if needed and start.

        Raises ArtefactsUnavailableError, OpenSearchServerError.
        """
        home = installed_home()
        self._scratch = Path(tempfile.mkdtemp(prefix="quorum-opensearch-"))
        self._configure()
        with (self._scratch / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local.memory.guarded", *_command(home, self._scratch)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait_until_healthy()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def _configure(self) -> None:
        for name in ("config", "data", "logs", "tmp"):
            (self._scratch / name).mkdir()
        settings = SETTINGS.format(port=self.port, transport=self._transport, scratch=self._scratch)
        (self._scratch / "config" / "opensearch.yml").write_text(settings)
        (self._scratch / "config" / "log4j2.properties").write_text(LOGGING)
        if os.geteuid() == 0:
            for path in (self._scratch, *self._scratch.rglob("*")):
                os.chown(path, LEAST_ACCOUNT, LEAST_ACCOUNT)

    def _wait_until_healthy(self) -> None:
        health = f"{self.endpoint}/_cluster/health?wait_for_status=yellow&timeout=2s"
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process and self._process.poll() is None:
            with suppress(OSError), urllib.request.urlopen(health, timeout=5):  # noqa: S310
                return
            time.sleep(0.1)
        tail = (self._scratch / "log").read_text(errors="replace")[-2000:]
        raise OpenSearchServerError(f"OpenSearch did not start; end of its log:\n{tail}")

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process and process.stdin:
            process.stdin.close()
            process.wait()
        shutil.rmtree(self._scratch, ignore_errors=True)


def _command(home: Path, scratch: Path) -> list[str]:
    return [
        str(home / JAVA),
        f"-Xms{HEAP}",
        f"-Xmx{HEAP}",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        f"-Djava.io.tmpdir={scratch / 'tmp'}",
        f"-Djna.tmpdir={scratch / 'tmp'}",
        "-Djava.security.manager=allow",
        f"-Dopensearch.path.home={home}",
        f"-Dopensearch.path.conf={scratch}/config",
        "-Dlog4j2.disable.jmx=true",
        "-cp",
        f"{home}/lib/*",
        "org.opensearch.bootstrap.OpenSearch",
    ]


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]
