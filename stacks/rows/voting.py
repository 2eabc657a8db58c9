"""The seats' rows, from the domain's table: one function, one role, one table of votes each."""

from typing import Final

from quorum.domain.constants import Role
from quorum.domain.seats import SEATS, Seat
from stacks.needs import READ_BUNDLE, READ_LOG, Need, Needs, claims, table, votes
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
    "diagnosis": ("MEMORY_TABLE", *_MODEL_SETTINGS),
    "prediction": _MODEL_SETTINGS,
    "resolution": _MODEL_SETTINGS,
}
_MODEL: Final = Need(("bedrock:InvokeModel",), "model")
_METHOD_NEEDS: Final[dict[str, Needs]] = {"similar-incidents": (table("memory", "Scan"),)}


def _row(seat: Seat) -> Row:
    """Return the seat's row. Its timeout is below that of its longest tier."""
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
        needs=(
            READ_LOG,
            READ_BUNDLE,
            votes("PutItem", "Query", of=seat.name),
            *(need for tier in seat.tiers for need in _METHOD_NEEDS.get(tier.method, ())),
            *((_MODEL, claims(f"breaker#{own}", f"budget#{own}")) if model else ()),
        ),
    )


VOTING: Final[tuple[Row, ...]] = tuple(_row(seat) for seat in SEATS)
