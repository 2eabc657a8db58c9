"""Documented problem responses, and the security headers of every response."""

from typing import Any, Final

from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse

from functions.api.problems import Problem

JSON: Final = "application/json"
HTML: Final = "text/html; charset=utf-8"
_DESCRIPTIONS: Final = {
    400: "Bad request",
    401: "Unauthenticated",
    403: "Forbidden: the caller's roles do not allow it",
    404: "Not found",
    409: "Refused: already answered, superseded, or rejected by a guard",
    410: "The approval request has expired",
    415: "Content-Type must be application/json",
    422: "Invalid or missing field; the reason names it",
    503: "A dependency is unavailable or timed out: retry",
}
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'{more}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def documented(*statuses: int) -> dict[int, OpenAPIResponse]:
    """Return the OpenAPI responses of a route: success, the common problems, and these."""
    problem: OpenAPIResponse = {"description": "", "content": {JSON: {"model": Problem}}}
    found: dict[int, OpenAPIResponse] = {200: {"description": "Success"}}
    for status in (400, 401, 422, 503, *statuses):
        found[status] = {**problem, "description": _DESCRIPTIONS[status]}
    return found


def headers(login: str = "") -> dict[str, str]:
    """Return the headers of every response; `login` is the origin of the sign-in page, if any.

    Pages hold no inline script or style, so the policy allows none; no page may be framed, and no
    response with data may be cached.
    """
    return {
        "content-security-policy": POLICY.format(more=f" {login}" if login else ""),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "strict-transport-security": "max-age=31536000",
        "cache-control": "no-store",
    }


def secured(answer: dict[str, Any], login: str = "") -> dict[str, Any]:
    """Return the response with the security headers; its own headers take precedence."""
    own = {name.lower(): value for name, value in (answer.get("headers") or {}).items()}
    return {**answer, "headers": {**headers(login), **own}}
