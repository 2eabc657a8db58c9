"""An HTTP server in a thread, on its own port, that can simulate an outage."""

import json
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self

DOWN = 503
NOT_FOUND = 404
BUSY = 429


class Request(NamedTuple):
    """A request; header names are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Reply:
    """A response; `content` is sent as JSON."""

    status: int
    content: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class Limit:
    """A rate limit: at most so many requests in a sliding window of seconds."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most, self.seconds = most, seconds
        self._times: deque[float] = deque()
        self._lock = threading.Lock()

    def wait(self) -> int:
        """Count one request; return 0, or the whole seconds after which to try again."""
        now = time.monotonic()
        with self._lock:
            while self._times and self._times[0] <= now - self.seconds:
                self._times.popleft()
            if len(self._times) < self.most:
                self._times.append(now)
                return 0
            return max(1, round(self._times[0] + self.seconds - now))


class FakeService:
    """A service on 127.0.0.1. While `down` is set it responds with 503, as in an outage."""

    def __init__(self, port: int = 0) -> None:
        """Listen on the port, or on a free one if it is taken."""
        self.down = False
        self.turned_away = 0
        """Number of requests over the limit."""
        self.times: list[float] = []
        """Times of the accepted requests, in seconds since 1970."""
        self._server = _server(port, _handler(self))

    @property
    def url(self) -> str:
        """Return the base URL."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def reply(self, request: Request) -> Reply:
        """Return the service's response."""
        raise NotImplementedError

    def answer(self, request: Request) -> Reply:
        """Return the response, also in an outage."""
        if self.down:
            return Reply(DOWN, {"error": "service_unavailable"})
        found = self.reply(request)
        if found.status == BUSY:
            self.turned_away += 1
        else:
            self.times.append(time.time())
        return found


def _server(port: int, handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    try:
        return _Server(("127.0.0.1", port), handler)
    except OSError:
        return _Server(("127.0.0.1", 0), handler)


class _Server(ThreadingHTTPServer):
    allow_reuse_address = False  # a port that another fake listens on is taken


def _handler(service: FakeService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            found = service.answer(Request(self.path, headers, self.rfile.read(length)))
            body = b"" if found.content is None else json.dumps(found.content).encode()
            self.send_response(found.status)
            for name, value in found.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Log nothing: requests are kept by the fake."""

    return Handler
