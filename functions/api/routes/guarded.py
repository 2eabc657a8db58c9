"""Routes for people whom we know: the check is the route's own, whatever its path looks like."""

from collections.abc import Callable
from typing import Any, Final, cast

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

from functions.api.callers import Known
from functions.api.problems import unauthorised

KNOWN: Final = "known"
Register = Callable[[Callable[..., Any]], Callable[..., Any]]


class Guarded:
    """Registers routes that answer nobody else."""

    def __init__(self, app: APIGatewayHttpResolver) -> None:
        self.app = app

    def get(self, path: str, **options: Any) -> Register:
        """Register what is read."""
        return self.app.get(path, middlewares=[_guard], **options)

    def post(self, path: str, **options: Any) -> Register:
        """Register what is written."""
        return self.app.post(path, middlewares=[_guard], **options)

    def put(self, path: str, **options: Any) -> Register:
        """Register what is set."""
        return self.app.put(path, middlewares=[_guard], **options)

    @property
    def known(self) -> Known:
        """Return who is calling."""
        return cast("Known", self.app.context[KNOWN])


def _guard(app: APIGatewayHttpResolver, next_middleware: NextMiddleware) -> Response[Any]:
    """Go on for somebody whom we know. Raises ProblemError (401)."""
    if KNOWN not in app.context:
        raise unauthorised()
    return next_middleware(app)
