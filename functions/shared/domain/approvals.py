"""The opaque id under which a person is asked."""

from functions.shared.domain.canonical import digest
from functions.shared.domain.events import DecisionMade, event_digest


def approval_id(decision: DecisionMade) -> str:
    """Return the id of the approval of this decision and of no other: 32 hexadecimal digits."""
    return digest({"approval-of": event_digest(decision)})[:32]
