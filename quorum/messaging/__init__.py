"""Telling people: at each channel's rate, behind its breaker; what cannot be told is kept."""

from quorum.messaging.channel import PATIENCE, Channel
from quorum.messaging.coalescing import coalesced, latest
from quorum.messaging.delivery_result import Ledger, Told
from quorum.messaging.outbox import KEPT, NO_CHANNEL, WAITS, Outbox

__all__ = [
    "KEPT",
    "NO_CHANNEL",
    "PATIENCE",
    "WAITS",
    "Channel",
    "Ledger",
    "Outbox",
    "Told",
    "coalesced",
    "latest",
]
