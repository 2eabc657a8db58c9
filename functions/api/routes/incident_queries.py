"""Routes that read incidents."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from functions.api import incident_queries
from functions.api.dependencies import ApiDependencies
from functions.api.incidents import listed
from functions.api.requests import Question
from functions.api.routes.authenticated import AuthenticatedRoutes
from functions.api.routes.responses import documented
from functions.api.schemas import AnswerReply, IncidentReply, Incidents, State, Timeline, Votes

IncidentId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="The incident's id")]
Limit = Annotated[int, Query(ge=1, le=100, description="Maximum number of incidents")]
MARKDOWN = "text/markdown; charset=utf-8"


class IncidentQueryRoutes:
    """Lists and single incidents, for every authenticated caller."""

    def __init__(self, app: AuthenticatedRoutes, deps: ApiDependencies) -> None:
        self._deps = deps
        one = documented(404)
        app.get("/v1/incidents", responses=documented())(self.listed)
        app.get("/v1/incidents/<incident_id>", responses=one)(self.incident)
        app.get("/v1/incidents/<incident_id>/timeline", responses=one)(self.timeline)
        app.get("/v1/incidents/<incident_id>/votes", responses=one)(self.votes)
        app.post("/v1/incidents/<incident_id>/questions", responses={**one, **documented(415)})(
            self.ask
        )
        app.get(
            "/v1/incidents/<incident_id>/post-mortem",
            responses={**one, 200: {"description": "Markdown", "content": {MARKDOWN: {}}}},
        )(self.post_mortem)

    def listed(
        self,
        state: Annotated[State, Query(description="Open or closed incidents")] = "open",
        limit: Limit = 50,
    ) -> Incidents:
        """Return incidents, newest first."""
        return Incidents(incidents=listed(self._deps, state, limit))

    def incident(self, incident_id: IncidentId) -> IncidentReply:
        """Return one incident and its candidate actions."""
        return incident_queries.incident(self._deps, incident_id)

    def timeline(self, incident_id: IncidentId) -> Timeline:
        """Return the incident's events, oldest first."""
        return incident_queries.timeline_of(self._deps, incident_id)

    def votes(self, incident_id: IncidentId) -> Votes:
        """Return the votes of the newest round, including those cast so far."""
        return incident_queries.votes(self._deps, incident_id)

    def ask(self, incident_id: IncidentId, body: Question) -> AnswerReply:
        """Answer a question from the incident's log and frozen evidence. It changes nothing."""
        return incident_queries.ask(self._deps, incident_id, body.question)

    def post_mortem(self, incident_id: IncidentId) -> Response[str]:
        """Return the post-mortem, once it is written."""
        return Response(200, MARKDOWN, incident_queries.report(self._deps, incident_id))
