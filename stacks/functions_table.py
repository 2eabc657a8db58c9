"""The table of all functions: limits, permissions and settings.

Roles, policies, environments, the warmer and the state machine's timeouts are generated from these
rows. No permission and no setting of a function comes from anywhere else.
"""

from typing import Final, NamedTuple

from stacks.rows.action import ACTION
from stacks.rows.api import API
from stacks.rows.background import BACKGROUND
from stacks.rows.decision import DECISION
from stacks.rows.row import Row
from stacks.rows.seats import SEAT_ROWS

SERVICES: Final[tuple[Row, ...]] = (*DECISION, *ACTION, *BACKGROUND, *API)
ROWS: Final[tuple[Row, ...]] = (*SERVICES, *SEAT_ROWS)


def attempt_seconds() -> dict[str, int]:
    """Return the state machine's timeout of one attempt in seconds, by function name.

    It is longer than the function's own timeout, so that the function ends before its caller goes
    on without it. Seats have a timeout per tier, in their own table.
    """
    return {row.name: row.seconds + 1 for row in SERVICES}


class Subscription(NamedTuple):
    """A stream, and the event types that invoke its reader; all records where none is listed."""

    stream: str
    """The key of its ARN."""
    event_types: tuple[str, ...] = ()


CONSUMERS: Final[dict[str, Subscription]] = {
    "publisher": Subscription("table-stream:events"),
    "projection": Subscription("stream:events"),
    "learning": Subscription(
        "stream:events",
        event_types=("IncidentClosed", "PostMortemWritten", "IncidentForgotten", "SeatStruck"),
    ),
}
"""Subscriptions by reader.

Lambda drops records that match no filter, so a record that is no event reaches only `projection`,
which has no filter and sends it to the dead letters. `learning` runs when an incident ends, again
when its post-mortem is written or a person has it forgotten, and at once when a seat signs two
votes.
"""


def seconds_of(name: str) -> int:
    """Return a function's timeout in seconds."""
    return next(row.seconds for row in ROWS if row.name == name)


def senders_to(queue: str) -> list[str]:
    """Return the functions that send to the queue."""
    return [
        row.name
        for row in ROWS
        for permission in row.permissions
        if permission.resource == f"queue:{queue}" and "sqs:SendMessage" in permission.actions
    ]
