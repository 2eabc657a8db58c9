"""Operations: what is open now and what it waits for, who is fit, what is switched off."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from functions.api.dependencies import Tools
from functions.api.incidents import listed
from quorum.domain.breaker_state import BreakerState
from quorum.domain.constants import CHANNEL_RATES
from quorum.domain.incident_view import IncidentView
from quorum.domain.seats import SEATS
from quorum.narrative import THRESHOLD_BP

RECENT: Final = 20
"""Closed incidents that the health of seats is judged by."""


class SeatHealth(NamedTuple):
    """How a seat did in the recent decisions."""

    seat: str
    answered: int
    fell_back: int
    silent: int

    @property
    def mood(self) -> str:
        """Return ok, warn or bad."""
        if self.silent:
            return "bad"
        return "warn" if self.fell_back else "ok"


class Fuse(NamedTuple):
    """A breaker before something that we depend on."""

    name: str
    state: BreakerState


def operations(tools: Tools) -> dict[str, Any]:
    """Return what the page shows."""
    opened = listed(tools, "open", 100)
    closed = tools.views.by_status("closed", RECENT)
    waiting = [one for one in opened if one.awaiting]
    running = [one for one in opened if not one.awaiting]
    return {
        "waiting": waiting,
        "running": running,
        "news": f"{len(waiting)} wait for a person, {len(running)} are being worked on",
        "threshold_bp": THRESHOLD_BP,
        "closed": listed(tools, "closed", 8),
        "stopped": tools.stop.thrown(),
        "seats": seat_health(closed),
        "judged": sum(1 for view in closed if view.details.get("seats")),
        "fuses": [Fuse(name, tools.breakers.read(name)) for name in breakers()],
        "now": tools.now(),
    }


def breakers() -> list[str]:
    """Return the names of all breakers: the channels', and those before a language model."""
    models = [s.name for s in SEATS if any("model" in tier.domains for tier in s.tiers)]
    return [*CHANNEL_RATES, *(f"model-{name}" for name in models)]


def seat_health(views: Sequence[IncidentView]) -> list[SeatHealth]:
    """Return every seat's record over the decisions in these rows."""
    counts = {seat.name: [0, 0, 0] for seat in SEATS}
    for view in views:
        for told in view.details.get("seats", ()):
            count = counts.get(told["seat"])
            if count is not None:
                place = 2 if told["tier"] is None else int(bool(told["skipped"]))
                count[place] += 1
    return [SeatHealth(name, *count) for name, count in counts.items()]
