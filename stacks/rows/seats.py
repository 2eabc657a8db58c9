"""Rows of the seats, from the domain's table: one function, role and vote table per seat."""

from typing import Final

from quorum.domain.constants import Role
from quorum.domain.seats import SEATS, Seat
from stacks.permissions import READ_BUNDLE, READ_LOG, Permission, Permissions, claims, table, votes
from stacks.rows.row import Row
from stacks.seat_stages import seat_function

_SETTINGS: Final = (
    "EVENTS_TABLE",
    "VOTES_TABLE",
    "EVIDENCE_BUCKET",
    "SEAT",
    "SIGNING_KEY",
)
_MODEL_SETTINGS: Final = (
    "OPERATIONS_TABLE",
    "MODEL_ID",
    "MODEL_REGION",
    "MODEL_DAILY_TOKENS",
)
_MORE_SETTINGS: Final[dict[Role, tuple[str, ...]]] = {
    "detection": (),
    "diagnosis": _MODEL_SETTINGS,
    "prediction": _MODEL_SETTINGS,
    "resolution": _MODEL_SETTINGS,
}
_MODEL: Final = Permission(("bedrock:InvokeModel",), "model")

_FORMER_PERMISSIONS: Final[dict[str, Permissions]] = {
    "diagnosis-history": (table("memory", "Scan"),)
}
"""For a seat's former code, which runs on while an upgrade changes the roles first."""


def _row(seat: Seat) -> Row:
    """Return the seat's row, whose timeout is one second below that of its longest tier."""
    model = any("model" in tier.domains for tier in seat.tiers)
    own = f"model-{seat.name}"
    return Row(
        name=seat_function(seat),
        folder=seat.role,
        seconds=max(tier.timeout_seconds for tier in seat.tiers) - 1,
        warm=True,
        seat=seat,
        signs=True,
        settings=(*_SETTINGS, *_MORE_SETTINGS[seat.role]),
        permissions=(
            READ_LOG,
            READ_BUNDLE,
            votes("PutItem", "Query", of=seat.name),
            *_FORMER_PERMISSIONS.get(seat.name, ()),
            *((_MODEL, claims(f"breaker#{own}", f"budget#{own}")) if model else ()),
        ),
    )


SEAT_ROWS: Final[tuple[Row, ...]] = tuple(_row(seat) for seat in SEATS)
