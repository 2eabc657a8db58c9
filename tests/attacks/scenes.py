"""Honest courses: with and without a quorum, helping or not, restricted by people or not."""

from datetime import timedelta
from typing import Final

from quorum.adapters.dynamodb.approval_store import DynamoDBApprovalStore
from quorum.adapters.dynamodb.closing_store import DynamoDBClosingStore
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.domain.evidence import Bundle
from quorum.domain.incident_records import AlarmEnding, TakenOver
from tests.attacks.world import Scene, World
from tests.simulation.scenarios import SCENARIOS

QUORUM: Final = SCENARIOS["bad-release"](1).bundle()
OLD: Final = SCENARIOS["bad-release"](6).bundle()
"""Ten seats agree in both, on different functions."""


def _table(world: World, role: str, name: str) -> DynamoDBTable:
    """Return the table as the role sees it."""
    account = world.account
    return DynamoDBTable(account.client(role, "dynamodb"), account.named(name))  # type: ignore[arg-type] # in memory


def _stopped(world: World) -> None:
    """Put an empty stop item, as a person in a hurry would."""
    _table(world, "api", "stop").put_item(Item={"id": "stop"})


def _taken_over(world: World) -> None:
    book = DynamoDBApprovalStore(_table(world, "approval", "approvals"))
    at = world.state.now.timestamp()
    book.take_over(
        TakenOver(incident_id=world.incident, by="ann", via="console", reason="mine", at=at)
    )


def _flaps(world: World) -> None:
    (alarm, *_), when = QUORUM.alarms, world.state.now - timedelta(minutes=5)
    book = DynamoDBClosingStore(_table(world, "closing", "closings"))
    book.remember(AlarmEnding(alarm=alarm.arn, incident_id=world.old, ended_at=when.timestamp()))


def mature(bundle: Bundle) -> Bundle:
    """Return the bundle as taken so late that no further look follows."""
    return bundle.model_copy(update={"taken_at": bundle.taken_at + timedelta(minutes=5)})


SCENES: Final = {
    scene.name: scene
    for scene in (
        Scene("an action that does not help", QUORUM),
        Scene("an action that helps", QUORUM, heals=True),
        Scene("no quorum", mature(SCENARIOS["unexplained"](5).bundle())),
        Scene("an approval request gets no answer", mature(SCENARIOS["bad-parameter"](3).bundle())),
        Scene(
            "a look follows",
            SCENARIOS["bad-parameter"](3).bundle(),
            moments=lambda world: world.between_looks,
        ),
        Scene("everything is stopped", QUORUM, later=_stopped),
        Scene("a person has taken it over", QUORUM, later=_taken_over),
        Scene("the alarm flaps", QUORUM, earlier=_flaps),
    )
}
