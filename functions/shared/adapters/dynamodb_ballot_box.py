"""Seats' answers in DynamoDB, one table per seat: an answer is claimed before it leaves."""

from collections.abc import Callable

from boto3.dynamodb.conditions import Attr

from functions.shared.adapters.dynamodb_items import get, put_if
from functions.shared.adapters.dynamodb_table import DynamoDBTable
from functions.shared.domain.votes import Ballot


class DynamoDBBallotBox:
    """A `BallotBox`. `table_of` returns the table of a seat; who may write it is its policy's."""

    def __init__(self, table_of: Callable[[str], DynamoDBTable]) -> None:
        self._table_of = table_of

    def claim(self, ballot: Ballot) -> Ballot:
        """Store the ballot unless the seat has one for this round; return the stored one."""
        vote = ballot.vote
        item = {
            "incident_id": vote.incident,
            "round": vote.round,
            "seat": vote.seat,
            "ballot": ballot.model_dump_json(),
        }
        stored = put_if(self._table_of(vote.seat), item, Attr("round").not_exists())
        return ballot if stored is None else Ballot.model_validate_json(stored["ballot"])

    def find(self, seat: str, incident_id: str, round_: int) -> Ballot | None:
        """Return the seat's stored ballot, or None."""
        item = get(self._table_of(seat), {"incident_id": incident_id, "round": round_})
        return None if item is None else Ballot.model_validate_json(item["ballot"])
