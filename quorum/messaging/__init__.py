"""Delivery of messages at each channel's rate, behind its breaker; undelivered ones are kept."""

from quorum.messaging.channel import MAX_TURN_WAIT, Channel
from quorum.messaging.coalescing import coalesced, latest
from quorum.messaging.delivery_result import DeliveryLog, DeliveryResult
from quorum.messaging.outbox import KEPT, NO_CHANNEL, QUEUED, Outbox

__all__ = [
    "KEPT",
    "MAX_TURN_WAIT",
    "NO_CHANNEL",
    "QUEUED",
    "Channel",
    "DeliveryLog",
    "DeliveryResult",
    "Outbox",
    "coalesced",
    "latest",
]
