"""Operations page: open incidents and what they wait for, seat health, circuit breakers."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from functions.api.dependencies import ApiDependencies
from functions.api.incidents import summary, views
from functions.api.schemas import Summary
from quorum.domain.breaker_state import BreakerState
from quorum.domain.catalogue import VERBS, Verb
from quorum.domain.constants import CHANNEL_RATES
from quorum.domain.incident_view import IncidentView
from quorum.domain.seats import SEATS
from quorum.narrative import THRESHOLD_BP

RECENT: Final = 20
"""Number of newest decisions that seat health is computed over."""
MOST_OPEN: Final = 100
CLOSED_SHOWN: Final = 8


class Pending(NamedTuple):
    """An incident that needs a decision, and the catalogue's row of the proposed action."""

    row: Summary
    verb: Verb | None


class SeatHealth(NamedTuple):
    """Counts of a seat's answers in recent decisions."""

    seat: str
    preferred: int
    fallback: int
    missing: int

    @property
    def level(self) -> str:
        """Return the CSS class of the status: ok, wait or bad."""
        if self.missing:
            return "bad"
        return "wait" if self.fallback else "ok"


class DependencyBreaker(NamedTuple):
    """The circuit breaker of a dependency."""

    dependency: str
    state: BreakerState


def operations(deps: ApiDependencies) -> dict[str, Any]:
    """Return the page's content."""
    opened, closed = views(deps, "open", MOST_OPEN), views(deps, "closed", RECENT)
    rows = {view.incident_id: summary(view) for view in opened}
    pending = [_pending(view) for view in opened if rows[view.incident_id].awaiting]
    running = [row for row in rows.values() if not row.awaiting]
    decided = _decided([*opened, *closed])
    return {
        "pending": pending,
        "running": running,
        "news": f"{len(pending)} need a decision, {len(running)} in progress",
        "threshold_bp": THRESHOLD_BP,
        "closed": list(map(summary, closed[:CLOSED_SHOWN])),
        "stopped": deps.stop.thrown(),
        "seats": seat_health(decided),
        "decisions": len(decided),
        "breakers": [DependencyBreaker(name, deps.breakers.read(name)) for name in dependencies()],
        "now": deps.now(),
    }


def dependencies() -> list[str]:
    """Return the names of dependencies with a breaker: channels, and each seat's model."""
    models = [s.name for s in SEATS if any("model" in tier.domains for tier in s.tiers)]
    return [*CHANNEL_RATES, *(f"model-{name}" for name in models)]


def seat_health(decided: Sequence[IncidentView]) -> list[SeatHealth]:
    """Return every seat's record over the decisions in these rows."""
    counts = {seat.name: [0, 0, 0] for seat in SEATS}
    for view in decided:
        for answer in view.details.get("seats", ()):
            count = counts.get(answer["seat"])
            if count is not None:
                place = 2 if answer["tier"] is None else int(bool(answer["skipped"]))
                count[place] += 1
    return [SeatHealth(name, *count) for name, count in counts.items()]


def _decided(found: Sequence[IncidentView]) -> list[IncidentView]:
    """Return the newest rows with a decision, of open incidents too."""
    decided = [view for view in found if view.details.get("seats")]
    return sorted(decided, key=lambda view: view.opened_at, reverse=True)[:RECENT]


def _pending(view: IncidentView) -> Pending:
    name = ((view.details.get("action") or {}).get("id") or "").partition(":")[0]
    return Pending(summary(view), next((verb for verb in VERBS if verb.name == name), None))
