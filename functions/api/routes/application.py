"""The HTTP application: routes, generated OpenAPI, error handling."""

import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Any, Final

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

from functions.api.callers import Caller
from functions.api.dependencies import ApiDependencies
from functions.api.problems import ProblemError, problem_of, unauthenticated
from functions.api.routes.authenticated import CALLER, AuthenticatedRoutes
from functions.api.routes.console import ConsoleRoutes
from functions.api.routes.controls import ControlRoutes
from functions.api.routes.incident_commands import IncidentCommandRoutes
from functions.api.routes.incident_queries import IncidentQueryRoutes
from functions.api.routes.responses import JSON, headers, secured
from functions.api.routes.system import SystemRoutes
from quorum.domain.errors import QuorumError, RefusedError

SAFE: Final = ("GET", "HEAD")


class Application:
    """Answer events of an API Gateway HTTP API (payload format 2.0)."""

    def __init__(self, deps: ApiDependencies) -> None:
        self._deps = deps
        self.app = APIGatewayHttpResolver(enable_validation=True)
        routes = AuthenticatedRoutes(self.app)
        IncidentQueryRoutes(routes, deps)
        IncidentCommandRoutes(routes, deps)
        ControlRoutes(routes, deps)
        SystemRoutes(routes)
        ConsoleRoutes(self.app, routes, deps)
        routes.get("/v1/openapi.json", include_in_schema=False)(self._described)
        self.app.exception_handler(ProblemError)(_refuse)
        self.app.exception_handler(QuorumError)(lambda error: _refuse(problem_of(error)))
        self.app.exception_handler(RequestValidationError)(self._invalid)
        self.app.not_found(lambda _: _refuse(ProblemError(404, "not_found", "Path not found.")))

    def answer(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Return the response. Unauthenticated writes are rejected before their body is read."""
        login = str((event.get("stageVariables") or {}).get("login", ""))
        try:
            caller = self._deps.callers.identify(event)
            _check_write(event, caller)
        except RefusedError as error:
            return _plain(ProblemError(401, "unauthorised", str(error)))
        except ProblemError as error:
            return _plain(error)
        if caller is not None:
            self.app.context[CALLER] = caller
        return secured(self.app.resolve(event, context), login)

    def _invalid(self, error: RequestValidationError) -> Response[str]:
        """Name the invalid fields, never their values, to authenticated callers only."""
        if CALLER not in self.app.context:
            return _refuse(unauthenticated())
        fields = (".".join(map(str, one["loc"])) + f" ({one['type']})" for one in error.errors())
        return _refuse(ProblemError(422, "invalid", ", ".join(dict.fromkeys(fields))))

    def _described(self) -> Response[str]:
        """Return the OpenAPI description."""
        return Response(200, JSON, json.dumps(self.openapi()))

    def openapi(self) -> Mapping[str, Any]:
        """Return the OpenAPI description of every /v1 route."""
        described = self.app.get_openapi_json_schema(
            title="Quorum",
            version="1",
            description="Incidents, approvals and run-time controls.",
            security_schemes={"bearer": HTTPBearer(bearerFormat="JWT")},
            security=[{"bearer": []}],
        )
        found: Mapping[str, Any] = json.loads(described)
        return found


def _check_write(event: Mapping[str, Any], caller: Caller | None) -> None:
    """Raise ProblemError for a write that is unauthenticated or not readable JSON.

    Requiring JSON keeps other sites' forms out: they cannot send JSON without a CORS preflight.
    """
    method = str(((event.get("requestContext") or {}).get("http") or {}).get("method", ""))
    if method.upper() in SAFE:
        return
    if caller is None:
        raise unauthenticated()
    kind = str((event.get("headers") or {}).get("content-type", ""))
    if kind.partition(";")[0].strip().lower() != JSON:
        raise ProblemError(415, "unsupported", "Content-Type must be application/json.")
    if not _readable(event):
        raise ProblemError(400, "invalid", "The body is unreadable or nested too deeply.")


def _readable(event: Mapping[str, Any]) -> bool:
    """Return whether parsing the body is safe. Plain syntax errors are reported later (422)."""
    body = str(event.get("body") or "")
    try:
        json.loads(b64decode(body) if event.get("isBase64Encoded") else body)
    except json.JSONDecodeError:
        return True
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(error: ProblemError) -> Response[str]:
    return Response(error.status, JSON, error.problem.model_dump_json())


def _plain(error: ProblemError) -> dict[str, Any]:
    return {
        "statusCode": error.status,
        "headers": {"content-type": JSON, **headers()},
        "body": error.problem.model_dump_json(),
        "isBase64Encoded": False,
    }
