"""Which channels a message goes by, in order, and what it means that one of them was told.

A leg is an ordered list of channels: the first that takes the message tells people, the next one is
asked when it is down or over its rate. A message goes by every leg that its kind calls for.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, get_args

from quorum.domain.base import Record
from quorum.domain.events import MessageKind
from quorum.domain.incident_records import Notified
from quorum.domain.notices import Notice

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
        self, kind: MessageKind, sent: Iterable[Notified]
    ) -> Mapping[LegName, tuple[ChannelName, ...]]:
        """Return the legs of a message; an incident's own page is also answered and closed."""
        wanted = kind in NEEDS_A_PERSON
        over = not wanted and RANK[kind] >= RANK["answered"]
        found: dict[LegName, tuple[ChannelName, ...]] = {
            "channels": self.channels,
            "pages": self.pages if wanted else (),
            "paged": ("pagerduty",) if over and thread(sent, "pagerduty") else (),
        }
        return {leg: channels for leg, channels in found.items() if channels}

    def of(self, leg: LegName) -> tuple[ChannelName, ...]:
        """Return the leg's channels, in order."""
        return {"channels": self.channels, "pages": self.pages, "paged": ("pagerduty",)}[leg]


def thread(sent: Iterable[Notified], channel: str) -> str:
    """Return the reference of the incident's own first message on the channel, or nothing."""
    own = (one.reference for one in _states(sent) if one.channel == channel)
    return next((reference for reference in own if not reference.startswith(SEVERAL)), "")


def place(sent: Iterable[Notified], kind: MessageKind, channel: str) -> str:
    """Return what a message of this kind continues on the channel: the question, or the thread."""
    known = _states(sent)
    asked = [n for n in known if (n.channel, n.message) == (channel, "approval_wanted")]
    own = [one.reference for one in asked if not one.reference.startswith(SEVERAL)]
    return own[-1] if kind == "answered" and own else thread(known, channel)


def told(sent: Iterable[Notified], notice: Notice, channels: Sequence[str]) -> Notified | None:
    """Return how one of the channels told of this or, of a state, of a later one; or None."""
    here = [one for one in sent if one.channel in channels and one.about == notice.about]
    same = next((one for one in here if one.message == notice.kind), None)
    later = (one for one in _states(here) if RANK[one.message] >= RANK[notice.kind])
    return same or next(later, None)


def _states(sent: Iterable[Notified]) -> list[Notified]:
    return [one for one in sent if one.about == "state"]
