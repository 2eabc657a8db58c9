"""Routes that answer approval requests, take an incident over, or undo an action."""

from functions.api import incident_commands
from functions.api.callers import Caller
from functions.api.dependencies import ApiDependencies
from functions.api.requests import ApprovalAnswer, ApproveAlternative, Reason
from functions.api.routes.authenticated import AuthenticatedRoutes
from functions.api.routes.incident_queries import IncidentId
from functions.api.routes.responses import documented
from functions.api.schemas import WriteResult


class IncidentCommandRoutes:
    """Idempotent POSTs of JSON by callers whose role allows writes."""

    def __init__(self, app: AuthenticatedRoutes, deps: ApiDependencies) -> None:
        self._app, self._deps = app, deps
        answers, steps = documented(403, 404, 409, 410, 415), documented(403, 404, 409, 415)
        app.post("/v1/incidents/<incident_id>/approve", responses=answers)(self.approve)
        app.post("/v1/incidents/<incident_id>/change", responses=answers)(self.change)
        app.post("/v1/incidents/<incident_id>/deny", responses=answers)(self.deny)
        app.post("/v1/incidents/<incident_id>/take-over", responses=steps)(self.take_over)
        app.post("/v1/incidents/<incident_id>/undo", responses=steps)(self.undo)

    def approve(self, incident_id: IncidentId, body: ApprovalAnswer) -> WriteResult:
        """Approve the proposed action. A high-risk action needs two different approvers."""
        return incident_commands.answer(self._deps, self._caller, incident_id, body, "granted")

    def change(self, incident_id: IncidentId, body: ApproveAlternative) -> WriteResult:
        """Approve another candidate action of the same evidence instead."""
        return incident_commands.answer(self._deps, self._caller, incident_id, body, "granted")

    def deny(self, incident_id: IncidentId, body: ApprovalAnswer) -> WriteResult:
        """Deny the proposed action. The incident is escalated to people."""
        return incident_commands.answer(self._deps, self._caller, incident_id, body, "denied")

    def take_over(self, incident_id: IncidentId, body: Reason) -> WriteResult:
        """Take the incident over. Automation starts nothing more in it."""
        return incident_commands.take_over(self._deps, self._caller, incident_id, body)

    def undo(self, incident_id: IncidentId, body: Reason) -> WriteResult:
        """Undo the executed action, if the resource has not changed since."""
        return incident_commands.undo(self._deps, self._caller, incident_id, body)

    @property
    def _caller(self) -> Caller:
        return incident_commands.permitted(self._app.caller)
