"""Looking at a resource again and again."""

import pytest

from functions.shared.domain.errors import SourceUnavailableError, StoreUnavailableError
from functions.shared.domain.evidence import Change, ResourceState, Scalar
from functions.shared.ports import Execution, Snapshot
from functions.shared.snapshots import Inventory, made_by_us
from tests.fakes import (
    START,
    FakeClock,
    InMemoryExecutionLedger,
    InMemorySnapshotBook,
    InMemoryStateSource,
)

FUNCTION = "lambda:checkout"


class World:
    """One function, and an inventory of it."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.states = InMemoryStateSource()
        self.book = InMemorySnapshotBook()
        self.ledger = InMemoryExecutionLedger(self.clock)
        self.inventory = Inventory(self.states, self.book, self.ledger, self.clock)
        self.set("4")

    def set(self, version: str) -> None:
        self.states.settings[FUNCTION] = {"alias": "live", "alias_version": version}

    def look(self, after: float = 60) -> tuple[Change, ...]:
        self.clock.advance(after)
        look = self.inventory.look(FUNCTION, "live")
        assert look is not None
        return look.changes

    def act(self, state: str = "done", written: dict[str, Scalar] | None = None) -> None:
        execution = Execution(
            incident_id="0" * 32,
            operation="act",
            action="lambda.rollback_alias:0123456789ab",
            resource=FUNCTION,
            started_at=self.clock().timestamp(),
            state=state,
            written={} if written is None else written,
        )
        self.ledger.fence(execution)


def test_the_first_sight_of_a_resource_is_no_change() -> None:
    assert World().look() == ()


def test_a_second_look_finds_what_changed_between_them() -> None:
    world = World()
    world.look()
    world.set("5")
    (change,) = world.look()
    assert (change.before, change.after) == ("4", "5")
    assert (change.not_before, change.at) == (START.timestamp() + 60, START.timestamp() + 120)
    assert world.book.changes(FUNCTION, START) == [change]


def test_a_change_is_told_once() -> None:
    world = World()
    world.look()
    world.set("5")
    world.look()
    assert world.look() == ()


def test_a_resource_that_is_gone_is_not_a_change() -> None:
    world = World()
    world.look()
    del world.states.settings[FUNCTION]
    assert world.inventory.look(FUNCTION) is None
    newest = world.book.newest(FUNCTION)
    assert newest is not None
    assert newest.settings["alias_version"] == "4"


def test_what_changes_while_the_settings_are_read_is_dated_after_the_look_began() -> None:
    """The next look must not claim that the change came after this one's end."""
    world = World()
    asked_at = world.clock()
    state = ResourceState(resource=FUNCTION, settings={"alias": "live", "alias_version": "4"})
    world.clock.advance(20)
    world.inventory.compare(state, asked_at)
    world.set("5")
    (change,) = world.look(after=1)
    assert change.not_before == asked_at.timestamp()
    assert change.at == world.clock().timestamp()


def test_our_own_effect_is_labelled_and_somebody_elses_is_not() -> None:
    world = World()
    world.look()
    world.clock.advance(10)
    world.act(written={"alias_version": "3", "alias_revision": "r"})
    world.set("3")
    assert [change.ours for change in world.look()] == [True]
    world.set("9")
    assert [change.ours for change in world.look()] == [False]


def test_a_change_under_a_fence_of_unknown_outcome_counts_as_ours() -> None:
    world = World()
    world.look()
    world.act(state="started")
    world.set("3")
    assert [change.ours for change in world.look()] == [True]


@pytest.mark.parametrize("seconds", [-100, 700])
def test_an_effect_at_another_time_explains_nothing(seconds: float) -> None:
    change = Change(
        id="c",
        resource=FUNCTION,
        kind="alias",
        setting="live",
        not_before=1000,
        at=1060,
        before="4",
        after="3",
    )
    effect = Execution(
        incident_id="0" * 32,
        operation="undo",
        action="a",
        resource=FUNCTION,
        started_at=1000 + seconds,
        written={"alias_version": "3"},
    )
    assert not made_by_us(change, [effect])
    assert made_by_us(change, [effect.model_copy(update={"started_at": 1030.0})])
    elsewhere = {"started_at": 1030.0, "resource": "lambda:other"}
    assert not made_by_us(change, [effect.model_copy(update=elsewhere)])


def test_a_look_that_fails_leaves_the_change_to_the_next_one() -> None:
    world = World()
    world.look()
    world.set("5")
    world.states.error = SourceUnavailableError("throttled")
    with pytest.raises(SourceUnavailableError):
        world.look()
    world.states.error = None
    assert [change.after for change in world.look()] == ["5"]


def test_a_change_that_cannot_be_labelled_is_not_stored_as_somebody_elses() -> None:
    class Down(InMemoryExecutionLedger):
        def effects_since(self, since: object) -> list[Execution]:  # noqa: ARG002
            raise StoreUnavailableError("executions table")

    world = World()
    world.look()
    world.set("5")
    broken = Inventory(world.states, world.book, Down(world.clock), world.clock)
    with pytest.raises(StoreUnavailableError):
        broken.look(FUNCTION, "live")
    assert world.book.newest(FUNCTION) == Snapshot(
        resource=FUNCTION,
        taken_at=START.timestamp() + 60,
        settings={"alias": "live", "alias_version": "4"},
    )
    assert [change.after for change in world.look()] == ["5"]
