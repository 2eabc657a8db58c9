"""Which channels a message goes by, in order, and what it means that one of them was told.

A leg is an ordered list of channels: the first that takes the message tells people, the next one is
asked when it is down or over its rate. A message goes by every leg that its kind calls for.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, get_args

from functions.shared.domain.events import IncidentEvent, MessageKind, MessageSent
from functions.shared.domain.model import Record

ChannelName = Literal["slack", "pagerduty", "email", "webhook"]
LegName = Literal["channels", "pages", "paged"]

CHANNELS: Final[tuple[ChannelName, ...]] = get_args(ChannelName)
NEEDS_A_PERSON: Final[frozenset[MessageKind]] = frozenset({"approval_wanted", "escalated"})
RANK: Final[Mapping[MessageKind, int]] = {
    "opened": 0,
    "decision": 1,
    "approval_wanted": 2,
    "answered": 3,
    "resolved": 4,
    "dismissed": 4,
    "escalated": 4,
}
"""How far an incident has come: who was told of a later state need not be told of an earlier."""
SEVERAL: Final = "several:"
"""What the reference of a message about several incidents begins with."""


class Routes(Record):
    """The operator's legs: `channels` for every message, `pages` beside it for those who sleep."""

    channels: tuple[ChannelName, ...] = ()
    pages: tuple[ChannelName, ...] = ()

    def legs(
        self, kind: MessageKind, history: Iterable[IncidentEvent]
    ) -> Mapping[LegName, tuple[ChannelName, ...]]:
        """Return the legs of a message; an incident's own page is also answered and closed."""
        wanted = kind in NEEDS_A_PERSON
        over = not wanted and RANK[kind] >= RANK["answered"]
        found: dict[LegName, tuple[ChannelName, ...]] = {
            "channels": self.channels,
            "pages": self.pages if wanted else (),
            "paged": ("pagerduty",) if over and thread(history, "pagerduty") else (),
        }
        return {leg: channels for leg, channels in found.items() if channels}

    def of(self, leg: LegName) -> tuple[ChannelName, ...]:
        """Return the leg's channels, in order."""
        return {"channels": self.channels, "pages": self.pages, "paged": ("pagerduty",)}[leg]


def thread(history: Iterable[IncidentEvent], channel: str) -> str:
    """Return the reference of the incident's own first message on the channel, or nothing."""
    own = (f.reference for f in _sent(history) if f.channel == channel)
    return next((reference for reference in own if not reference.startswith(SEVERAL)), "")


def place(history: Iterable[IncidentEvent], kind: MessageKind, channel: str) -> str:
    """Return what a message of this kind continues on the channel: the question, or the thread."""
    facts = list(history)
    asked = [f for f in _sent(facts) if (f.channel, f.message) == (channel, "approval_wanted")]
    own = [f.reference for f in asked if not f.reference.startswith(SEVERAL)]
    return own[-1] if kind == "answered" and own else thread(facts, channel)


def told(
    history: Iterable[IncidentEvent], kind: MessageKind, channels: Sequence[str]
) -> MessageSent | None:
    """Return how one of the channels told of this state or of a later one, or None."""
    found = [f for f in _sent(history) if f.channel in channels and RANK[f.message] >= RANK[kind]]
    return next((f for f in found if f.message == kind), found[0] if found else None)


def _sent(history: Iterable[IncidentEvent]) -> list[MessageSent]:
    return [fact for fact in history if isinstance(fact, MessageSent)]
