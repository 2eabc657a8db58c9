"""A resource's settings at one time."""

from quorum.domain.base import Record
from quorum.domain.evidence import Scalar


class Snapshot(Record):
    """One resource's settings at one time, as the inventory saw them."""

    resource: str
    taken_at: float
    settings: dict[str, Scalar]
