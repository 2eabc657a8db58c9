"""About the API itself, and who is calling."""

from functions.api.routes.answers import documented
from functions.api.routes.guarded import Guarded
from functions.api.shapes import Me


class SystemRoutes:
    """Who am I."""

    def __init__(self, app: Guarded) -> None:
        self._app = app
        app.get("/v1/me", responses=documented())(self.me)

    def me(self) -> Me:
        """Return the caller."""
        person = self._app.known.person
        return Me(name=person.name, roles=person.roles)
