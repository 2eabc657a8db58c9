"""Routes of the console: a public shell without data, and pages for authenticated callers."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from functions.api.console.coverage_page import coverage
from functions.api.console.impact_page import impact
from functions.api.console.incident_page import incident_page
from functions.api.console.operations_page import operations
from functions.api.console.rendering import page, static
from functions.api.controls import controls
from functions.api.dependencies import ApiDependencies
from functions.api.problems import not_found
from functions.api.routes.authenticated import AuthenticatedRoutes
from functions.api.routes.incident_queries import IncidentId
from functions.api.routes.responses import HTML, JSON
from quorum.domain.restrictions import ORDER

SHELLS: Final = ("/", "/impact", "/coverage", "/controls")
INCIDENT_SHELL: Final = "/incidents/<incident_id>"


class ConsoleRoutes:
    """Pages and static files. They are not in the OpenAPI description: programs use /v1."""

    def __init__(
        self, app: APIGatewayHttpResolver, routes: AuthenticatedRoutes, deps: ApiDependencies
    ) -> None:
        self._app, self._deps = app, deps
        for path in SHELLS:
            app.get(path, include_in_schema=False)(self.shell)
        app.get(INCIDENT_SHELL, include_in_schema=False)(self.shell_of)
        app.get("/static/<name>", include_in_schema=False)(self.file)
        app.get("/session", include_in_schema=False)(self.session)
        routes.get("/view/operations", include_in_schema=False)(self.operations)
        routes.get("/view/incidents/<incident_id>", include_in_schema=False)(self.incident)
        routes.get("/view/coverage", include_in_schema=False)(self.coverage)
        routes.get("/view/controls", include_in_schema=False)(self.controls)
        routes.get("/view/impact", include_in_schema=False)(self.impact)

    def shell(self) -> Response[str]:
        """Return the shell, which holds no data."""
        return Response(200, HTML, page("shell.html"))

    def shell_of(self, incident_id: IncidentId) -> Response[str]:  # noqa: ARG002 - the script reads it
        """Return the same shell for a link to one incident."""
        return self.shell()

    def file(self, name: str) -> Response[str]:
        """Return a static file. Raises ProblemError (404)."""
        found = static(name)
        if found is None:
            raise not_found("File not found.")
        return Response(200, found[1], found[0], headers={"Cache-Control": "max-age=300"})

    def session(self) -> Response[str]:
        """Return the sign-in page and client id; empty on the laptop, which prints a token."""
        stage: Mapping[str, Any] = self._app.current_event.raw_event.get("stageVariables") or {}
        known = {name: stage[name] for name in ("login", "client") if name in stage}
        return Response(200, JSON, json.dumps(known))

    def operations(self) -> Response[str]:
        """Return the operations page."""
        return self._page("operations.html", operations(self._deps))

    def incident(self, incident_id: IncidentId) -> Response[str]:
        """Return the page of one incident."""
        return self._page("incident.html", incident_page(self._deps, incident_id))

    def controls(self) -> Response[str]:
        """Return the page of the run-time controls."""
        content = {"controls": controls(self._deps), "modes": ORDER, "now": self._deps.now()}
        return self._page("controls.html", content)

    def coverage(self) -> Response[str]:
        """Return the page of the opted-in alarms."""
        return self._page("coverage.html", coverage(self._deps))

    def impact(self) -> Response[str]:
        """Return the page of figures over many incidents."""
        return self._page("impact.html", {**impact(self._deps), "now": self._deps.now()})

    def _page(self, template: str, content: Mapping[str, Any]) -> Response[str]:
        """Return the page, or 304 when the browser already has it."""
        html = page(template, **content, aws=self._deps.aws)
        tag = f'"{sha256(html.encode()).hexdigest()[:32]}"'
        seen = self._app.current_event.headers.get("if-none-match")
        if seen == tag:
            return Response(304, HTML, "", headers={"ETag": tag})
        return Response(200, HTML, html, headers={"ETag": tag})
