"""How actions, times, shares and numbers are written."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from quorum.domain.catalogue import has_former_id, id_matches_parameters, safe_description
from quorum.domain.constants import AUTONOMOUS_THRESHOLD, BASIS_POINTS
from quorum.domain.events import EvidenceFrozen, IncidentEvent, Outcome
from quorum.domain.evidence import Candidate, Scalar
from quorum.domain.votes import HEALTHY
from quorum.narrative.safe_text import Verbatim, Words, join

THRESHOLD_BP: Final = int(AUTONOMOUS_THRESHOLD * BASIS_POINTS)
Actions = Mapping[str, Candidate]
"""What could be done in this incident, by action id."""

OUTCOMES: Final[Mapping[Outcome, str]] = {
    "resolved": "resolved: the action helped, and the alarm and the traffic show it",
    "dismissed": "dismissed: the seats found nothing wrong and the alarm went back to OK",
    "escalated": "handed to a person",
    "undone": "handed to a person: the action did not help and was undone",
    "unverified": "handed to a person: whether the action helped cannot be told",
}


def actions(events: Iterable[IncidentEvent]) -> Actions:
    """Return all candidates that any round of the incident had, and whose ids name what they do.

    Another could say one thing and stand for something else, so it is none.
    """
    return {
        candidate.id: candidate
        for event in events
        if isinstance(event, EvidenceFrozen)
        for candidate in event.candidates
        if id_matches_parameters(candidate) or has_former_id(candidate)
    }


def action(action_id: str | None, known: Actions) -> Words:
    """Return what the action does, from what its id binds; what is not known so, by its id."""
    if action_id is None:
        return ("nothing",)
    if action_id == HEALTHY:
        return ("dismiss: nothing is wrong",)
    found = known.get(action_id)
    return (Verbatim(safe_description(found) if found else action_id),)


def share(basis_points: int) -> str:
    """Return basis points as an exact share of 1: 6600 is `0.66`, 6999 is `0.6999`."""
    text = f"{basis_points / BASIS_POINTS:.4f}".rstrip("0")
    digits = len(text.partition(".")[2])
    return text + "0" * max(0, 2 - digits)


def instant(at: datetime) -> str:
    """Return the time to the second, in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def epoch(seconds: float) -> str:
    """Return seconds since 1970 as a time."""
    return instant(datetime.fromtimestamp(seconds, UTC))


def number(value: float) -> str:
    """Return the number without a needless fraction: 12.0 is `12`."""
    return f"{value:.10g}" if abs(value) >= 1 else f"{value:.4g}"


def lasting(seconds: float) -> str:
    """Return a duration: `42 s`, `3 min 20 s`, `2 h 5 min`."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def plural(count: float, one: str, many: str | None = None) -> str:
    """Return the count and its noun: `1 request`, `2 requests`."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def settings(values: Mapping[str, Scalar]) -> Words:
    """Return settings as `name = value`, in the order of their names."""
    if not values:
        return ("nothing",)
    return join([(Verbatim(f"{name} = {value}"),) for name, value in sorted(values.items())])


def names(values: Iterable[str]) -> Words:
    """Return names with commas between them."""
    return join([(Verbatim(value),) for value in values])
