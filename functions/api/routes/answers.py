"""What all answers have in common: documented problems, and headers that a browser obeys."""

from typing import Any, Final

from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse

from functions.api.problems import Problem

JSON: Final = "application/json"
HTML: Final = "text/html; charset=utf-8"
_WORDS: Final = {
    400: "What came in does not fit",
    401: "Nobody that we know is calling",
    403: "The caller may not",
    404: "There is no such thing",
    409: "Refused: answered, moved on, or a guard said no",
    415: "A write is JSON, and says so",
    422: "A field does not fit, or is missing; the reason names it",
    410: "Too late: the question has expired",
    503: "A store or a function did not answer",
}
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'{more}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def documented(*statuses: int) -> dict[int, OpenAPIResponse]:
    """Return the success, and each problem with its shape."""
    problem: OpenAPIResponse = {"description": "", "content": {JSON: {"model": Problem}}}
    found: dict[int, OpenAPIResponse] = {200: {"description": "As asked"}}
    for status in (400, 401, 422, 503, *statuses):
        found[status] = {**problem, "description": _WORDS[status]}
    return found


def headers(login: str = "") -> dict[str, str]:
    """Return what every answer carries. `login` is the sign-in page's origin, where there is one.

    Pages hold no inline script or style, so neither is allowed; nothing may frame them, and no
    answer with data is kept by anybody.
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
    """Return the answer with those headers; a header that it has already stays."""
    own = {name.lower(): value for name, value in (answer.get("headers") or {}).items()}
    return {**answer, "headers": {**headers(login), **own}}
