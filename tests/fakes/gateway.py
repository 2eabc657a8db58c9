"""API Gateway's HTTP API in memory: requests become events of payload format 2.0, and back.

It is a WSGI application, so that a browser or a generator of requests can call it.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

Answer = Callable[[dict[str, Any], Any], dict[str, Any]]


class Reply(NamedTuple):
    """A response."""

    status: int
    headers: Mapping[str, str]
    body: str

    def json(self) -> Any:
        """Return the body."""
        return json.loads(self.body)


class Gateway:
    """One HTTP API before one function; `claims` is what its own look at a token came to."""

    def __init__(
        self,
        answer: Answer,
        *,
        claims: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self._answer, self._claims = answer, claims
        self._variables = dict(variables or {})

    def call(  # noqa: PLR0913 - the parts of a request, by name
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        query: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send one request; return the response."""
        sent = {k.lower(): v for k, v in (headers or {}).items()}
        if token is not None:
            sent["authorization"] = f"Bearer {token}"
        text = body if isinstance(body, str) or body is None else json.dumps(body)
        if text is not None:
            sent.setdefault("content-type", "application/json")
        answer = self._answer(self._event(method, path, query, sent, text), None)
        return Reply(answer["statusCode"], answer["headers"], answer["body"] or "")

    def __call__(
        self, environ: dict[str, Any], start: Callable[[str, list[tuple[str, str]]], Any]
    ) -> Iterable[bytes]:
        """Be a WSGI application."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length).decode(errors="replace") if length else None
        headers = {
            name[5:].replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        if environ.get("CONTENT_TYPE"):
            headers["content-type"] = environ["CONTENT_TYPE"]
        reply = self.call(
            environ["REQUEST_METHOD"],
            environ["PATH_INFO"].encode("latin-1").decode(errors="replace"),
            body,
            query=environ.get("QUERY_STRING", ""),
            headers=headers,
        )
        start(f"{reply.status} .", list(reply.headers.items()))
        return [reply.body.encode()]

    def _event(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: str | None
    ) -> dict[str, Any]:
        pairs = [pair.partition("=") for pair in query.split("&") if pair]
        context: dict[str, Any] = {
            "http": {"method": method, "path": path, "sourceIp": "192.0.2.1"},
            "stage": "$default",
        }
        if self._claims is not None:
            context["authorizer"] = {"jwt": {"claims": dict(self._claims)}}
        return {
            "version": "2.0",
            "rawPath": path,
            "rawQueryString": query,
            "queryStringParameters": {unquote(n): unquote(v) for n, _, v in pairs} or None,
            "headers": dict(headers),
            "requestContext": context,
            "stageVariables": self._variables,
            "body": body,
            "isBase64Encoded": False,
        }
