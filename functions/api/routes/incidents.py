"""Reading incidents."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from functions.api import reading
from functions.api.dependencies import Tools
from functions.api.incidents import listed
from functions.api.routes.answers import documented
from functions.api.routes.guarded import Guarded
from functions.api.shapes import Incident, Incidents, State, Timeline, Votes

Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="The incident's id")]
Limit = Annotated[int, Query(ge=1, le=100, description="At most so many")]
MARKDOWN = "text/markdown; charset=utf-8"


class IncidentRoutes:
    """Lists and single incidents, to everybody who is known."""

    def __init__(self, app: Guarded, tools: Tools) -> None:
        self._tools = tools
        one = documented(404)
        app.get("/v1/incidents", responses=documented())(self.listed)
        app.get("/v1/incidents/<incident_id>", responses=one)(self.incident)
        app.get("/v1/incidents/<incident_id>/timeline", responses=one)(self.timeline)
        app.get("/v1/incidents/<incident_id>/votes", responses=one)(self.votes)
        app.get(
            "/v1/incidents/<incident_id>/post-mortem",
            responses={**one, 200: {"description": "Markdown", "content": {MARKDOWN: {}}}},
        )(self.post_mortem)

    def listed(
        self,
        state: Annotated[State, Query(description="Open ones or closed ones")] = "open",
        limit: Limit = 50,
    ) -> Incidents:
        """Return incidents, newest first."""
        return Incidents(incidents=listed(self._tools, state, limit))

    def incident(self, incident_id: Id) -> Incident:
        """Return one incident, and what could be done in it."""
        return reading.incident(self._tools, incident_id)

    def timeline(self, incident_id: Id) -> Timeline:
        """Return everything that happened, oldest first."""
        return reading.told(self._tools, incident_id)

    def votes(self, incident_id: Id) -> Votes:
        """Return who voted what, also while the votes come in."""
        return reading.votes(self._tools, incident_id)

    def post_mortem(self, incident_id: Id) -> Response[str]:
        """Return the report, once it is written."""
        return Response(200, MARKDOWN, reading.report(self._tools, incident_id))
