"""All functions: their limits, needs and settings.

Roles, policies, environments, alarms, warmers and the state machine's limits follow from these
rows, and nothing grants or configures anything beside them.
"""

from typing import Final, NamedTuple

from stacks.rows.acting import ACTING
from stacks.rows.background import BACKGROUND
from stacks.rows.deciding import DECIDING
from stacks.rows.facing import FACING
from stacks.rows.row import Row
from stacks.rows.voting import VOTING

SERVICES: Final[tuple[Row, ...]] = (*DECIDING, *ACTING, *BACKGROUND, *FACING)
ROWS: Final[tuple[Row, ...]] = (*SERVICES, *VOTING)


def attempt_seconds() -> dict[str, int]:
    """Return the time that the state machine gives one attempt at each function, by its name.

    It is longer than the function's own timeout, so that a function ends before its caller goes
    on without it. Seats have a time per tier, in their own table.
    """
    return {row.name: row.seconds + 1 for row in SERVICES}


class Reads(NamedTuple):
    """What of a stream wakes its reader: every record, or facts of some types."""

    stream: str
    """The key of its ARN."""
    facts: tuple[str, ...] = ()


CONSUMERS: Final[dict[str, Reads]] = {
    "publisher": Reads("table-stream:events"),
    "projection": Reads("stream:events"),
    "learning": Reads("stream:events", facts=("IncidentClosed", "PostMortemWritten", "SeatStruck")),
}
"""Who reads which stream. Lambda drops what passes no filter, so what is no fact at all is put
aside by the reader without one; the end of an incident wakes learning, and once more what follows;
a seat that contradicts itself does at once.
"""


def seconds_of(name: str) -> int:
    """Return a function's timeout."""
    return next(row.seconds for row in ROWS if row.name == name)


def senders_to(queue: str) -> list[str]:
    """Return the functions that send to the queue."""
    return [
        row.name
        for row in ROWS
        for need in row.needs
        if need.resource == f"queue:{queue}" and "sqs:SendMessage" in need.actions
    ]
