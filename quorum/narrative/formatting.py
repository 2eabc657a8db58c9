"""Text forms of actions, causes, channels, times, shares and numbers."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from quorum.domain.catalogue import (
    caused_by,
    has_former_id,
    id_matches_parameters,
    safe_description,
)
from quorum.domain.constants import AUTONOMOUS_THRESHOLD, BASIS_POINTS
from quorum.domain.events import EvidenceFrozen, IncidentEvent, Outcome
from quorum.domain.evidence import Candidate, Change, Scalar, Vanished
from quorum.domain.votes import HEALTHY
from quorum.narrative.safe_text import Verbatim, Words, join

THRESHOLD_BP: Final = int(AUTONOMOUS_THRESHOLD * BASIS_POINTS)
Actions = Mapping[str, Candidate]
"""The incident's candidate actions, by action id."""

OUTCOMES: Final[Mapping[Outcome, str]] = {
    "resolved": "resolved: the action worked; the alarm is OK and the service has recovered",
    "dismissed": "dismissed: no fault found and the alarm returned to OK",
    "escalated": "escalated to a person",
    "undone": "escalated to a person: the action did not help and was undone",
    "unverified": "escalated to a person: the effect of the action could not be verified",
}


_CHANNELS: Final = {
    "slack": "Slack",
    "pagerduty": "PagerDuty",
    "email": "e-mail",
    "webhook": "webhook",
    "console": "the console",
    "none": "no channel",
}


def actions(events: Iterable[IncidentEvent]) -> Actions:
    """Return the candidates of all rounds whose ids match their parameters.

    Any other is left out: its text could describe one action and its id stand for another.
    """
    return {
        candidate.id: candidate
        for event in events
        if isinstance(event, EvidenceFrozen)
        for candidate in event.candidates
        if id_matches_parameters(candidate) or has_former_id(candidate)
    }


def action(action_id: str | None, known: Actions) -> Words:
    """Return the action's effect, from the parameters that its id binds; else the id itself."""
    if action_id is None:
        return ("no action",)
    if action_id == HEALTHY:
        return ("dismiss: no fault found",)
    found = known.get(action_id)
    return (Verbatim(safe_description(found) if found else action_id),)


def likely_cause(action_id: str | None, known: Actions) -> Words:
    """Return the fault that the action addresses, or nothing for an action without a cause."""
    found = known.get(action_id or "")
    cause = caused_by(found) if found else ""
    return (Verbatim(cause),) if cause else ()


def channel_name(channel: str) -> Words:
    """Return the channel's display name; an unknown channel verbatim."""
    name = _CHANNELS.get(channel)
    return (name,) if name else (Verbatim(channel),)


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
    """Return the number without trailing zeros: 12.0 is `12`."""
    return f"{value:.10g}" if abs(value) >= 1 else f"{value:.4g}"


def lasting(seconds: float) -> str:
    """Return a duration in seconds as `42 s`, `3 min 20 s`, `2 h 5 min`."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def from_onset(change: Change, onset: int) -> str:
    """Return the change's time relative to the onset; a change between two looks has a span."""
    lead, late = onset - change.not_before, change.at - onset
    if late <= 0:
        return f"{lasting(-late)} before the onset"
    if lead <= 0:
        return f"{lasting(late)} after the onset"
    return f"at most {lasting(lead)} before the onset or {lasting(late)} after it"


def percent(share_: float) -> str:
    """Return a share of 1 in percent, with two digits: `0.35%`, `3.2%`, `41%`, `100%`."""
    return f"{float(f'{100 * share_:.2g}'):.10g}%" if share_ < 1 else f"{100 * share_:.0f}%"


def plural(count: float, one: str, many: str | None = None) -> str:
    """Return the count and its noun: `1 request`, `2 requests`."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def settings(values: Mapping[str, Scalar]) -> Words:
    """Return settings as `name = value`, in the order of their names."""
    if not values:
        return ("none",)
    return join([(Verbatim(f"{name} = {value}"),) for name, value in sorted(values.items())])


def missing(vanished: Vanished) -> Words:
    """Return that a resource does not exist, and when it last did, as a clause."""
    if vanished.last_seen is None:
        return (Verbatim(vanished.resource), " is in the service map and does not exist")
    seen = f" does not exist any more (last seen at {epoch(vanished.last_seen)})"
    return (Verbatim(vanished.resource), seen)


def names(values: Iterable[str]) -> Words:
    """Return names with commas between them."""
    return join([(Verbatim(value),) for value in values])
