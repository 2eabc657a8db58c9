"""The console's short address on this machine."""

from http.server import BaseHTTPRequestHandler

import pytest

from local.api_proxy import ProxyServer


@pytest.mark.parametrize("error", [BrokenPipeError(), ConnectionResetError(), KeyError()])
def test_only_our_own_errors_are_printed(
    error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    with ProxyServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        try:
            raise error
        except type(error):
            server.handle_error(None, ("127.0.0.1", 1))
    assert bool(capsys.readouterr().err) is isinstance(error, KeyError)
