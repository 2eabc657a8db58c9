"""About the API itself, and who is calling."""

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from functions.api.callers import Known
from functions.api.routes.answers import documented
from functions.api.shapes import Me


class SystemRoutes:
    """Who am I."""

    def __init__(self, app: APIGatewayHttpResolver) -> None:
        self._app = app
        app.get("/v1/me", responses=documented())(self.me)

    def me(self) -> Me:
        """Return the caller."""
        known: Known = self._app.context["known"]
        return Me(name=known.person.name, roles=known.person.roles)
