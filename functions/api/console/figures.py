"""Figures over many incidents, each with what it means and how many cases stand behind it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from statistics import median, quantiles
from typing import Final, NamedTuple

from quorum.domain.events import Outcome
from quorum.domain.incident_view import IncidentView
from quorum.narrative import lasting

ENOUGH: Final = 5
"""Below so many cases a share or a median says more about chance than about Quorum."""
MICRO: Final = 1_000_000


class Figure(NamedTuple):
    """One figure. `value` is None when too few cases stand behind it."""

    name: str
    definition: str
    value: str | None
    cases: int
    more: str = ""


def times(views: Sequence[IncidentView]) -> list[Figure]:
    """Return how long things took."""
    return [
        _lasting(
            "Time to acknowledge",
            "From the alarm until a person answered; incidents in which a person was asked and did",
            views,
            "fired_at",
            "answered_at",
        ),
        _lasting(
            "Time to decide",
            "From the alarm until the quorum's decision; all incidents with a decision",
            views,
            "fired_at",
            "decided_at",
        ),
        _lasting(
            "Time to recover",
            "From the alarm until it was OK with the traffic healthy, after an action or by itself",
            views,
            "fired_at",
            "recovered_at",
        ),
    ]


def shares(views: Sequence[IncidentView]) -> list[Figure]:
    """Return how often things ended so."""
    acted = [view for view in views if view.details.get("acted")]
    return [
        _share(
            "Autonomous",
            "Of the incidents with an action, those where the quorum alone authorised it",
            acted,
            lambda view: bool(view.details.get("autonomous")),
        ),
        _share(
            "Undone",
            "Of the incidents with an action, those where it was undone again",
            acted,
            lambda view: bool(view.details.get("undone")),
        ),
        _share(
            "Escalated",
            "Of all closed incidents, those that ended with a person",
            views,
            lambda view: _outcome(view) in {"escalated", "undone", "unverified"},
        ),
        _share(
            "False alarms",
            "Of all closed incidents, those dismissed: found healthy, and the alarm went OK",
            views,
            lambda view: _outcome(view) == "dismissed",
        ),
    ]


def cost(views: Sequence[IncidentView]) -> Figure:
    """Return what an incident costs."""
    known = [c for view in views if (c := view.details.get("cost_microdollars")) is not None]
    enough = len(known) >= ENOUGH
    return Figure(
        "Cost of an incident",
        "Median of the receipts' known sums, at list prices; a receipt says what it leaves out",
        f"${median(known) / MICRO:.4f}" if enough else None,
        len(known),
        f"${sum(known) / MICRO:.2f} in all" if enough else "",
    )


def _lasting(
    name: str, definition: str, views: Sequence[IncidentView], begin: str, end: str
) -> Figure:
    seconds = sorted(
        _seconds(view.details[begin], view.details[end])
        for view in views
        if view.details.get(begin) and view.details.get(end)
    )
    if len(seconds) < ENOUGH:
        return Figure(name, f"{definition}. Median.", None, len(seconds))
    worst = lasting(quantiles(seconds, n=10, method="inclusive")[-1])
    more = f"nine of ten within {worst}"
    return Figure(name, f"{definition}. Median.", lasting(median(seconds)), len(seconds), more)


def _share(
    name: str,
    definition: str,
    views: Sequence[IncidentView],
    counts: Callable[[IncidentView], bool],
) -> Figure:
    of, found = len(views), sum(map(counts, views))
    value = f"{100 * found / of:.0f} %" if of >= ENOUGH else None
    return Figure(name, definition, value, of, f"{found} of {of}" if of else "")


def _seconds(begin: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()


def _outcome(view: IncidentView) -> Outcome | None:
    outcome: Outcome | None = view.details.get("outcome")
    return outcome
