"""Figures over many incidents, each with its definition and number of cases."""

from collections.abc import Callable, Sequence
from datetime import datetime
from statistics import median, quantiles
from typing import Final, NamedTuple

from quorum.domain.events import Outcome
from quorum.domain.incident_view import IncidentView
from quorum.narrative import lasting

ENOUGH: Final = 5
"""Minimum number of cases: below it a share or a median is mostly chance."""
MICRO: Final = 1_000_000


class Figure(NamedTuple):
    """One figure. `value` is None with too few cases; `detail` qualifies it."""

    name: str
    definition: str
    value: str | None
    cases: int
    detail: str = ""


def times(views: Sequence[IncidentView]) -> list[Figure]:
    """Return the median times to acknowledge, decide and recover."""
    return [
        _time(
            "Time to acknowledge",
            "From the alarm to a person's answer, over incidents with an answered approval request",
            views,
            "fired_at",
            "answered_at",
        ),
        _time(
            "Time to decide",
            "From the alarm to the quorum's decision, over all incidents with a decision",
            views,
            "fired_at",
            "decided_at",
        ),
        _time(
            "Time to recover",
            "From the alarm to alarm OK and healthy traffic, with or without an action",
            views,
            "fired_at",
            "recovered_at",
        ),
    ]


def shares(views: Sequence[IncidentView]) -> list[Figure]:
    """Return the shares of incidents by how they were handled and how they ended."""
    acted = [view for view in views if view.details.get("acted")]
    return [
        _share(
            "Autonomous",
            "Share of incidents with an action that the quorum authorised without a person",
            acted,
            lambda view: bool(view.details.get("autonomous")),
        ),
        _share(
            "Undone",
            "Share of incidents with an action where the action was undone",
            acted,
            lambda view: bool(view.details.get("undone")),
        ),
        _share(
            "Escalated",
            "Share of closed incidents that were handed to a person",
            views,
            lambda view: _outcome(view) in {"escalated", "undone", "unverified"},
        ),
        _share(
            "False alarms",
            "Share of closed incidents dismissed: seats found nothing wrong, alarm returned to OK",
            views,
            lambda view: _outcome(view) == "dismissed",
        ),
    ]


def cost(views: Sequence[IncidentView]) -> Figure:
    """Return the median cost of an incident."""
    costs = [c for view in views if (c := view.details.get("cost_microdollars")) is not None]
    enough = len(costs) >= ENOUGH
    return Figure(
        "Cost per incident",
        "Median of the post-mortems' estimates from list prices; each lists what it excludes",
        f"${median(costs) / MICRO:.4f}" if enough else None,
        len(costs),
        f"${sum(costs) / MICRO:.2f} in total" if enough else "",
    )


def _time(
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
    detail = f"90% within {worst}"
    return Figure(name, f"{definition}. Median.", lasting(median(seconds)), len(seconds), detail)


def _share(
    name: str,
    definition: str,
    views: Sequence[IncidentView],
    counts: Callable[[IncidentView], bool],
) -> Figure:
    of, found = len(views), sum(map(counts, views))
    value = f"{100 * found / of:.0f}%" if of >= ENOUGH else None
    return Figure(name, definition, value, of, f"{found} of {of}" if of else "")


def _seconds(begin: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()


def _outcome(view: IncidentView) -> Outcome | None:
    outcome: Outcome | None = view.details.get("outcome")
    return outcome
