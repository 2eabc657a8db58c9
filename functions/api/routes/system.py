"""Routes about the caller."""

from functions.api.routes.authenticated import AuthenticatedRoutes
from functions.api.routes.responses import documented
from functions.api.schemas import Me


class SystemRoutes:
    """The caller's own identity."""

    def __init__(self, app: AuthenticatedRoutes) -> None:
        self._app = app
        app.get("/v1/me", responses=documented())(self.me)

    def me(self) -> Me:
        """Return the authenticated caller."""
        person = self._app.caller.person
        return Me(name=person.name, roles=person.roles)
