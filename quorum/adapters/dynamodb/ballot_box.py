"""Seats' answers in DynamoDB, one table per seat: an answer is claimed, then its vote is signed.

A round's items are adjacent: the claimed ballot, then one item per signed vote, whose key holds the
digest of the signed bytes. So there is one ballot, and contradicting votes survive as proof.
"""

from collections.abc import Callable, Iterable
from typing import Final

from boto3.dynamodb.conditions import Attr, Key
from pydantic import ValidationError

from quorum.adapters.aws.aws_errors import raising
from quorum.adapters.dynamodb.items import Item, put_if
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.domain.errors import StoreUnavailableError
from quorum.domain.votes import Ballot, Vote
from quorum.ports.voting import SeatRecord

MOST_SIGNED_VOTES: Final = 7
"""Maximum votes read per seat and round: two prove a contradiction."""


class DynamoDBBallotBox:
    """A `BallotBox`. `table_of` returns the table of a seat; its policy limits the writers."""

    def __init__(self, table_of: Callable[[str], DynamoDBTable]) -> None:
        self._table_of = table_of

    def claim(self, ballot: Ballot) -> Ballot:
        """Store the ballot unless the seat has one for this round; return the stored one."""
        item = {**_key(ballot.vote, "ballot"), "ballot": ballot.model_dump_json()}
        stored = put_if(self._table_of(ballot.vote.seat), item, Attr("entry").not_exists())
        return ballot if stored is None else Ballot.model_validate_json(stored["ballot"])

    def cast(self, vote: Vote, signed_vote: str) -> str:
        """Store the signed vote unless the same vote is stored already; return the stored one."""
        item = {**_key(vote, f"vote#{vote.payload()}"), "envelope": signed_vote}
        stored = put_if(self._table_of(vote.seat), item, Attr("entry").not_exists())
        return signed_vote if stored is None else str(stored["envelope"])

    def read(self, seat: str, incident_id: str, round_: int) -> SeatRecord:
        """Return the seat's entries for the round, read consistently."""
        table = self._table_of(seat)
        about = Key("incident_id").eq(incident_id) & Key("entry").begins_with(_prefix(round_))
        with raising(StoreUnavailableError, f"read from {table.name}"):
            page = table.query(
                KeyConditionExpression=about, ConsistentRead=True, Limit=1 + MOST_SIGNED_VOTES
            )
        items = page["Items"]
        signed_votes = tuple(str(item["envelope"]) for item in items if "envelope" in item)
        try:
            return SeatRecord(_ballot(items), signed_votes)
        except ValidationError:
            return SeatRecord(None, signed_votes, "its ballot is unreadable")


def _ballot(items: Iterable[Item]) -> Ballot | None:
    """Raise ValidationError for an invalid ballot: data written by a seat is not trusted."""
    stored = next((item["ballot"] for item in items if "ballot" in item), None)
    return None if stored is None else Ballot.model_validate_json(str(stored))


def _prefix(round_: int) -> str:
    return f"{round_:06d}#"


def _key(vote: Vote, entry: str) -> Item:
    return {
        "incident_id": vote.incident,
        "entry": _prefix(vote.round) + entry,
        "seat": vote.seat,
    }
