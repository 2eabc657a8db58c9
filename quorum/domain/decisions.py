"""The decision of a round, as consensus stores it."""

from typing import Any

from quorum.domain.base import Record


class Decided(Record):
    """The only decision of a round."""

    incident_id: str
    round: int
    decision: dict[str, Any]
