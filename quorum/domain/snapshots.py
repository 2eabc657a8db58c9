"""Snapshots of a resource's settings."""

from quorum.domain.base import Record
from quorum.domain.evidence import Scalar


class Snapshot(Record):
    """The settings of one resource at one time, as the inventory read them."""

    resource: str
    taken_at: float
    settings: dict[str, Scalar]
