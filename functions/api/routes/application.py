"""The HTTP application: its routes, its generated OpenAPI, and how it says no."""

import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Any, Final

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

from functions.api.callers import Known
from functions.api.dependencies import Tools
from functions.api.problems import ProblemError, problem_of, unauthorised
from functions.api.routes.answers import JSON, headers, secured
from functions.api.routes.console import ConsoleRoutes
from functions.api.routes.controls import ControlRoutes
from functions.api.routes.guarded import KNOWN, Guarded
from functions.api.routes.incidents import IncidentRoutes
from functions.api.routes.system import SystemRoutes
from functions.api.routes.writes import WriteRoutes
from quorum.domain.errors import QuorumError, RefusedError

SAFE: Final = ("GET", "HEAD")


class Application:
    """Answers events of an API Gateway HTTP API (payload format 2.0)."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self.app = APIGatewayHttpResolver(enable_validation=True)
        guarded = Guarded(self.app)
        IncidentRoutes(guarded, tools)
        WriteRoutes(guarded, tools)
        ControlRoutes(guarded, tools)
        SystemRoutes(guarded)
        ConsoleRoutes(self.app, guarded, tools)
        guarded.get("/v1/openapi.json", include_in_schema=False)(self._described)
        self.app.exception_handler(ProblemError)(_refuse)
        self.app.exception_handler(QuorumError)(lambda error: _refuse(problem_of(error)))
        self.app.exception_handler(RequestValidationError)(self._unfit)
        self.app.not_found(lambda _: _refuse(ProblemError(404, "not_found", "no such path")))

    def answer(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Return the response. Nothing is written by whoever is not known; see `Guarded`, too."""
        login = str((event.get("stageVariables") or {}).get("login", ""))
        try:
            known = self._tools.callers.identify(event)
            _check_write(event, known)
        except RefusedError as error:
            return _plain(ProblemError(401, "unauthorised", str(error)))
        except ProblemError as error:
            return _plain(error)
        if known is not None:
            self.app.context[KNOWN] = known
        return secured(self.app.resolve(event, context), login)

    def _unfit(self, error: RequestValidationError) -> Response[str]:
        """Name the fields that do not fit, and never what was in them, to people whom we know."""
        if KNOWN not in self.app.context:
            return _refuse(unauthorised())
        fields = (".".join(map(str, one["loc"])) + f" ({one['type']})" for one in error.errors())
        return _refuse(ProblemError(422, "invalid", ", ".join(dict.fromkeys(fields))))

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


def _check_write(event: Mapping[str, Any], known: Known | None) -> None:
    """Raise ProblemError for a write by nobody, or of what is no JSON that can be read.

    A form could come from any other site's page.
    """
    method = str(((event.get("requestContext") or {}).get("http") or {}).get("method", ""))
    if method.upper() in SAFE:
        return
    if known is None:
        raise unauthorised()
    kind = str((event.get("headers") or {}).get("content-type", ""))
    if kind.partition(";")[0].strip().lower() != JSON:
        raise ProblemError(415, "unsupported", "a write is JSON, and says so")
    if not _readable(event):
        raise ProblemError(400, "invalid", "the body is nested too deeply, or cannot be read")


def _readable(event: Mapping[str, Any]) -> bool:
    """Return whether reading the body does no harm: what is no JSON at all is told later."""
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
