"""Telling people: at each channel's rate, behind its breaker; what cannot be told is kept."""

from functions.shared.delivery.channel import PATIENCE, Channel
from functions.shared.delivery.coalescing import coalesced, latest
from functions.shared.delivery.outbox import KEPT, NO_CHANNEL, WAITS, Outbox
from functions.shared.delivery.told import Ledger, Told

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
