"""The reverse proxy of the console."""

from http.server import BaseHTTPRequestHandler

import pytest

from local.api_proxy import ProxyServer


@pytest.mark.parametrize("error", [BrokenPipeError(), ConnectionResetError(), KeyError()])
def test_proxy_prints_no_error_of_a_client_that_disconnects(
    error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    with ProxyServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        try:
            raise error
        except type(error):
            server.handle_error(None, ("127.0.0.1", 1))
    assert bool(capsys.readouterr().err) is isinstance(error, KeyError)
