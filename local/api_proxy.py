"""Reverse proxy with a short URL for the emulator's HTTP API.

It forwards requests and responses and nothing else: routes, events and the function are those of
the deployed stacks. It listens on 127.0.0.1 and refuses other host names, against DNS rebinding.
"""

import sys
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, cast

PASSED_ON: Final = ("authorization", "content-type", "if-none-match")
PASSED_BACK: Final = (
    "content-type",
    "etag",
    "cache-control",
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
)
SECONDS: Final = 30


class ProxyServer(ThreadingHTTPServer):
    """A server that ignores clients which disconnect."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print the current exception, unless the client disconnected."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class ApiProxy:
    """The proxy, running in a thread for as long as the `with` block lasts."""

    def __init__(self, endpoint: str, api_id: str) -> None:
        target = f"{endpoint}/_aws/execute-api/{api_id}/$default"
        handler = type("Handler", (_Handler,), {"target": target})
        self._server = ProxyServer(("127.0.0.1", 0), handler)

    @property
    def address(self) -> str:
        """Return the URL of the proxy."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "ApiProxy":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    target = ""
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._pass_on()

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - the base class calls them so

    def _pass_on(self) -> None:
        port = cast("ProxyServer", self.server).server_port
        if self.headers.get("host") not in {f"127.0.0.1:{port}", f"localhost:{port}"}:
            self._answer(421, {}, b"")
            return
        body = self.rfile.read(int(self.headers.get("content-length") or 0)) or None
        headers = {name: self.headers[name] for name in PASSED_ON if name in self.headers}
        request = urllib.request.Request(  # noqa: S310 - the emulator's own address
            self.target + self.path, data=body, headers=headers, method=self.command
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                self._answer(answer.status, dict(answer.headers), answer.read())
        except urllib.error.HTTPError as error:
            self._answer(error.code, dict(error.headers), error.read())
        except OSError:
            self._answer(502, {}, b"the emulator is unavailable")

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() in PASSED_BACK:
                self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's
        """Log nothing: the function logs its requests."""
