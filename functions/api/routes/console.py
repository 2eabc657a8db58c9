"""The console: an empty shell for everybody, and what it shows for people whom we know."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from functions.api.console.impact import impact
from functions.api.console.operations import operations
from functions.api.console.rendering import page, static
from functions.api.console.transparency import transparency
from functions.api.controls import controls
from functions.api.dependencies import Tools
from functions.api.problems import not_found
from functions.api.routes.answers import HTML, JSON
from functions.api.routes.guarded import Guarded
from functions.api.routes.incidents import Id
from quorum.domain.restrictions import ORDER

SHELLS: Final = ("/", "/impact", "/controls", "/incidents/<incident_id>")


class ConsoleRoutes:
    """Pages. They are no part of the API's description: programs have /v1."""

    def __init__(self, app: APIGatewayHttpResolver, guarded: Guarded, tools: Tools) -> None:
        self._app, self._tools = app, tools
        for path in SHELLS[:3]:
            app.get(path, include_in_schema=False)(self.shell)
        app.get(SHELLS[3], include_in_schema=False)(self.shell_of)
        app.get("/static/<name>", include_in_schema=False)(self.file)
        app.get("/session", include_in_schema=False)(self.session)
        guarded.get("/view/operations", include_in_schema=False)(self.operations)
        guarded.get("/view/incidents/<incident_id>", include_in_schema=False)(self.incident)
        guarded.get("/view/controls", include_in_schema=False)(self.controls)
        guarded.get("/view/impact", include_in_schema=False)(self.impact)

    def shell(self) -> Response[str]:
        """Return the shell: it holds no data."""
        return Response(200, HTML, page("shell.html"))

    def shell_of(self, incident_id: Id) -> Response[str]:  # noqa: ARG002 - the script reads it
        """Return the same shell, for a link to one incident."""
        return self.shell()

    def file(self, name: str) -> Response[str]:
        """Return the script, the style or the mark."""
        found = static(name)
        if found is None:
            raise not_found("file")
        return Response(200, found[1], found[0], headers={"Cache-Control": "max-age=300"})

    def session(self) -> Response[str]:
        """Return how to sign in: where and as which client, or nothing for a printed token."""
        stage: Mapping[str, Any] = self._app.current_event.raw_event.get("stageVariables") or {}
        known = {name: stage[name] for name in ("login", "client") if name in stage}
        return Response(200, JSON, json.dumps(known))

    def operations(self) -> Response[str]:
        """Return what is going on now."""
        return self._page("operations.html", operations(self._tools))

    def incident(self, incident_id: Id) -> Response[str]:
        """Return one incident with all that it rests on."""
        return self._page("incident.html", transparency(self._tools, incident_id))

    def controls(self) -> Response[str]:
        """Return what people may switch."""
        return self._page("controls.html", {"controls": controls(self._tools), "modes": ORDER})

    def impact(self) -> Response[str]:
        """Return what it came to."""
        return self._page("impact.html", impact(self._tools))

    def _page(self, template: str, content: Mapping[str, Any]) -> Response[str]:
        """Return the page, or that it is the one that the browser has."""
        html = page(template, **content)
        tag = f'"{sha256(html.encode()).hexdigest()[:32]}"'
        seen = self._app.current_event.headers.get("if-none-match")
        if seen == tag:
            return Response(304, HTML, "", headers={"ETag": tag})
        return Response(200, HTML, html, headers={"ETag": tag})
