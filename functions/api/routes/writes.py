"""Answers of people, and stepping in."""

from functions.api import writes
from functions.api.callers import Known
from functions.api.dependencies import Tools
from functions.api.requests import Answering, Changing, Reason
from functions.api.routes.answers import documented
from functions.api.routes.guarded import Guarded
from functions.api.routes.incidents import Id
from functions.api.shapes import Written


class WriteRoutes:
    """Every write is a POST of JSON by somebody whose role may answer; it may be sent again."""

    def __init__(self, app: Guarded, tools: Tools) -> None:
        self._app, self._tools = app, tools
        answers, steps = documented(403, 404, 409, 410, 415), documented(403, 404, 409, 415)
        app.post("/v1/incidents/<incident_id>/approve", responses=answers)(self.approve)
        app.post("/v1/incidents/<incident_id>/change", responses=answers)(self.change)
        app.post("/v1/incidents/<incident_id>/deny", responses=answers)(self.deny)
        app.post("/v1/incidents/<incident_id>/take-over", responses=steps)(self.take_over)
        app.post("/v1/incidents/<incident_id>/undo", responses=steps)(self.undo)

    def approve(self, incident_id: Id, said: Answering) -> Written:
        """Approve what was asked about; of what is risky, as one of two people."""
        return writes.answer(self._tools, self._known, incident_id, said, "granted")

    def change(self, incident_id: Id, said: Changing) -> Written:
        """Approve another candidate of the same evidence."""
        return writes.answer(self._tools, self._known, incident_id, said, "granted")

    def deny(self, incident_id: Id, said: Answering) -> Written:
        """Deny it: the incident goes to people."""
        return writes.answer(self._tools, self._known, incident_id, said, "denied")

    def take_over(self, incident_id: Id, said: Reason) -> Written:
        """Take the incident: Quorum begins nothing in it any more."""
        return writes.take_over(self._tools, self._known, incident_id, said)

    def undo(self, incident_id: Id, said: Reason) -> Written:
        """Undo the action, if the resource still is what Quorum made of it."""
        return writes.undo(self._tools, self._known, incident_id, said)

    @property
    def _known(self) -> Known:
        return writes.permitted(self._app.known)
