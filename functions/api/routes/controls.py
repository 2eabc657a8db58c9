"""The controls: seen by everybody who is known, set by those whose role may."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.api import controls
from functions.api.callers import Known
from functions.api.dependencies import Tools
from functions.api.requests import Lifting, Moding, Stopping
from functions.api.routes.answers import documented
from functions.api.routes.guarded import Guarded
from functions.api.shapes import Controls, Written

SeatName = Annotated[str, Path(pattern=r"^[a-z-]{3,40}$", description="A seat's name")]


class ControlRoutes:
    """Reading and setting. A setting that holds already is taken and changes nothing."""

    def __init__(self, app: Guarded, tools: Tools) -> None:
        self._app, self._tools = app, tools
        sets = documented(403, 404, 409, 415)
        app.get("/v1/controls", responses=documented())(self.controls)
        app.put("/v1/controls/stop", responses=sets)(self.stop)
        app.put("/v1/controls/modes", responses=sets)(self.mode)
        app.post("/v1/controls/seats/<seat>/reinstate", responses=sets)(self.reinstate)

    def controls(self) -> Controls:
        """Return how everything stands, and who changed it last."""
        return controls.controls(self._tools)

    def stop(self, said: Stopping) -> Written:
        """Throw the stop switch, or lift it: no effect happens while it is thrown."""
        return controls.stop(self._tools, self._known, said)

    def mode(self, said: Moding) -> Written:
        """Hold a verb back at run time, never further than the deployment lets it go."""
        return controls.set_mode(self._tools, self._known, said)

    def reinstate(self, seat: SeatName, said: Lifting) -> Written:
        """Lift a seat's suspension."""
        return controls.reinstate(self._tools, self._known, seat, said)

    @property
    def _known(self) -> Known:
        return self._app.known
