"""Routes of notifications: the channels of each message in order, and earlier deliveries.

A leg is an ordered list of channels. The first channel that accepts the message delivers it; the
next one is tried when the first is down or over its rate. A message is sent on every leg that its
kind needs.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, get_args

from quorum.domain.base import Record
from quorum.domain.events import MessageKind
from quorum.domain.incident_records import Notified
from quorum.domain.notices import PendingMessage

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
"""The progress of a round: after a notification of a later state, earlier ones are not sent."""
SEVERAL: Final = "several:"
"""The prefix of the reference of a message about several incidents."""


class Routes(Record):
    """The operator's legs: `channels` for all messages, `pages` for those that need a person."""

    channels: tuple[ChannelName, ...] = ()
    pages: tuple[ChannelName, ...] = ()

    def legs(
        self, kind: MessageKind, sent: Iterable[Notified]
    ) -> Mapping[LegName, tuple[ChannelName, ...]]:
        """Return the legs of a message; a paged incident is also updated and closed there."""
        needs_person = kind in NEEDS_A_PERSON
        over = not needs_person and RANK[kind] >= RANK["answered"]
        legs: dict[LegName, tuple[ChannelName, ...]] = {
            "channels": self.channels,
            "pages": self.pages if needs_person else (),
            "paged": ("pagerduty",) if over and thread(sent, "pagerduty") else (),
        }
        return {leg: channels for leg, channels in legs.items() if channels}

    def of(self, leg: LegName) -> tuple[ChannelName, ...]:
        """Return the leg's channels, in order."""
        return {"channels": self.channels, "pages": self.pages, "paged": ("pagerduty",)}[leg]


def thread(sent: Iterable[Notified], channel: str) -> str:
    """Return the reference of the incident's own first message on the channel, or ""."""
    own = (d.reference for d in _states(sent) if d.channel == channel)
    return next((reference for reference in own if not reference.startswith(SEVERAL)), "")


def reply_reference(sent: Iterable[Notified], kind: MessageKind, channel: str) -> str:
    """Return the reference that such a message replies to: the approval request or the thread."""
    deliveries = _states(sent)
    requests = [d for d in deliveries if (d.channel, d.message) == (channel, "approval_wanted")]
    own = [d.reference for d in requests if not d.reference.startswith(SEVERAL)]
    return own[-1] if kind == "answered" and own else thread(deliveries, channel)


def covering_delivery(
    sent: Iterable[Notified], notice: PendingMessage, channels: Sequence[str]
) -> Notified | None:
    """Return the delivery on one of the channels that makes this notification redundant, or None.

    That is a delivery of the same notification or, of a state, of a later state.
    """
    on_channels = [d for d in sent if d.channel in channels and d.about == notice.about]
    same = (d for d in on_channels if (d.message, d.round) == (notice.kind, notice.round))
    wanted = (notice.round, RANK[notice.kind])
    later = (d for d in _states(on_channels) if (d.round, RANK[d.message]) >= wanted)
    return next(same, None) or next(later, None)


def _states(sent: Iterable[Notified]) -> list[Notified]:
    return [d for d in sent if d.about == "state"]
