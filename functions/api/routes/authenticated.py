"""Registration of routes that require an authenticated caller.

The check is a middleware of each route, so it holds however the path is spelled.
"""

from collections.abc import Callable
from typing import Any, Final, cast

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

from functions.api.callers import Caller
from functions.api.problems import unauthenticated

CALLER: Final = "caller"
Register = Callable[[Callable[..., Any]], Callable[..., Any]]


class AuthenticatedRoutes:
    """Register routes that answer authenticated callers only."""

    def __init__(self, app: APIGatewayHttpResolver) -> None:
        self.app = app

    def get(self, path: str, **options: Any) -> Register:
        """Register a GET route."""
        return self.app.get(path, middlewares=[_require_caller], **options)

    def post(self, path: str, **options: Any) -> Register:
        """Register a POST route."""
        return self.app.post(path, middlewares=[_require_caller], **options)

    def put(self, path: str, **options: Any) -> Register:
        """Register a PUT route."""
        return self.app.put(path, middlewares=[_require_caller], **options)

    @property
    def caller(self) -> Caller:
        """Return the caller of the current request."""
        return cast("Caller", self.app.context[CALLER])


def _require_caller(app: APIGatewayHttpResolver, next_middleware: NextMiddleware) -> Response[Any]:
    """Continue for an authenticated caller. Raises ProblemError (401)."""
    if CALLER not in app.context:
        raise unauthenticated()
    return next_middleware(app)
