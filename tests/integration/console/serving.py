"""A world behind the console's real HTTP address on this machine."""

import threading
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from tests.builders.api import ADA, World


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's
        """Log nothing."""


class Served:
    """A world behind an address, for as long as the `with` block lasts."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._server = make_server("127.0.0.1", 0, world.gateway, handler_class=Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever)

    def address(self, path: str = "/", token: str = ADA) -> str:
        port = self._server.server_port
        return f"http://127.0.0.1:{port}{path}#token={token.replace(' ', '%20')}"

    @property
    def incident(self) -> str:
        return f"/incidents/{self.world.log.incident_id}"

    def __enter__(self) -> "Served":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
