"""Routes that read and set the run-time controls."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.api import controls
from functions.api.callers import Caller
from functions.api.dependencies import ApiDependencies
from functions.api.requests import ReinstateSeat, SetMode, SetStopSwitch
from functions.api.routes.authenticated import AuthenticatedRoutes
from functions.api.routes.responses import documented
from functions.api.schemas import ControlsReply, WriteResult

SeatName = Annotated[str, Path(pattern=r"^[a-z-]{3,40}$", description="A seat's name")]


class ControlRoutes:
    """Controls, read by every authenticated caller and set by those whose role allows it."""

    def __init__(self, app: AuthenticatedRoutes, deps: ApiDependencies) -> None:
        self._app, self._deps = app, deps
        sets = documented(403, 404, 409, 415)
        app.get("/v1/controls", responses=documented())(self.controls)
        app.put("/v1/controls/stop", responses=sets)(self.stop)
        app.put("/v1/controls/modes", responses=sets)(self.mode)
        app.post("/v1/controls/seats/<seat>/reinstate", responses=sets)(self.reinstate)

    def controls(self) -> ControlsReply:
        """Return the state of all controls and their newest changes."""
        return controls.controls(self._deps)

    def stop(self, body: SetStopSwitch) -> WriteResult:
        """Stop all automation, or resume it. No action runs while it is stopped."""
        return controls.set_stop_switch(self._deps, self._caller, body)

    def mode(self, body: SetMode) -> WriteResult:
        """Limit an action's mode at run time, never above the deployed maximum."""
        return controls.set_mode(self._deps, self._caller, body)

    def reinstate(self, seat: SeatName, body: ReinstateSeat) -> WriteResult:
        """End a seat's suspension."""
        return controls.reinstate(self._deps, self._caller, seat, body)

    @property
    def _caller(self) -> Caller:
        return self._app.caller
