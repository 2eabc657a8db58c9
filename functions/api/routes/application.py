"""The HTTP application: its routes, its generated OpenAPI, and how it says no."""

import json
from collections.abc import Mapping
from typing import Any, Final

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

from functions.api.callers import identify
from functions.api.problems import ProblemError, problem_of, unauthorised
from functions.api.routes.answers import JSON, headers, secured
from functions.api.routes.console import ConsoleRoutes
from functions.api.routes.controls import ControlRoutes
from functions.api.routes.incidents import IncidentRoutes
from functions.api.routes.system import SystemRoutes
from functions.api.routes.writes import WriteRoutes
from functions.api.tools import Tools
from functions.shared.domain.errors import QuorumError

PROTECTED: Final = ("/v1/", "/view/")
"""What begins so is for people whom we know; the rest is the same for everybody, without data."""


class Application:
    """Answers events of an API Gateway HTTP API (payload format 2.0)."""

    def __init__(self, tools: Tools, *, local: bool) -> None:
        self._tools, self._local = tools, local
        self.app = APIGatewayHttpResolver(enable_validation=True)
        IncidentRoutes(self.app, tools)
        WriteRoutes(self.app, tools)
        ControlRoutes(self.app, tools)
        SystemRoutes(self.app)
        ConsoleRoutes(self.app, tools)
        self.app.get("/v1/openapi.json", include_in_schema=False)(self._described)
        self.app.exception_handler(ProblemError)(_refuse)
        self.app.exception_handler(QuorumError)(lambda error: _refuse(problem_of(error)))
        self.app.exception_handler(RequestValidationError)(_unfit)
        self.app.not_found(lambda _: _refuse(ProblemError(404, "not_found", "no such path")))

    def answer(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Return the response. Whoever is not known gets no further than this."""
        login = str((event.get("stageVariables") or {}).get("login", ""))
        if str(event.get("rawPath", "")).startswith(PROTECTED):
            known = identify(event, self._tools.people, local=self._local)
            if known is None:
                return _plain(unauthorised())
            if _writes_something_else(event):
                return _plain(ProblemError(415, "unsupported", "a write is JSON, and says so"))
            self.app.context["known"] = known
        return secured(self.app.resolve(event, context), login)

    def _described(self) -> Response[str]:
        """Return the description, for programs that come by the same door."""
        return Response(200, JSON, json.dumps(self.openapi()))

    def openapi(self) -> Mapping[str, Any]:
        """Return the description of every route."""
        described = self.app.get_openapi_json_schema(
            title="Quorum",
            version="1",
            description="Incidents, what people answer, and what people control.",
            security_schemes={"bearer": HTTPBearer(bearerFormat="JWT")},
            security=[{"bearer": []}],
        )
        found: Mapping[str, Any] = json.loads(described)
        return found


def _writes_something_else(event: Mapping[str, Any]) -> bool:
    """Return whether a write is not JSON: such a form could come from any other site's page."""
    method = str(((event.get("requestContext") or {}).get("http") or {}).get("method", ""))
    kind = str((event.get("headers") or {}).get("content-type", ""))
    return method not in {"GET", "HEAD"} and kind.partition(";")[0].strip().lower() != JSON


def _refuse(error: ProblemError) -> Response[str]:
    return Response(error.status, JSON, error.problem.model_dump_json())


def _unfit(error: RequestValidationError) -> Response[str]:
    """Name the fields that do not fit, and never what was in them."""
    fields = (".".join(map(str, one["loc"])) + f" ({one['type']})" for one in error.errors())
    return _refuse(ProblemError(422, "invalid", ", ".join(dict.fromkeys(fields))))


def _plain(error: ProblemError) -> dict[str, Any]:
    return {
        "statusCode": error.status,
        "headers": {"content-type": JSON, **headers()},
        "body": error.problem.model_dump_json(),
        "isBase64Encoded": False,
    }
