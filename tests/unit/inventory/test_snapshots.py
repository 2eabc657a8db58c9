"""Looking at a resource again and again."""

import pytest

from quorum.domain.errors import SourceUnavailableError
from quorum.domain.evidence import ResourceState
from quorum.ports.telemetry import Past
from tests.builders.inventory import FUNCTION, World
from tests.fakes import (
    START,
)


def test_first_snapshot_of_a_resource_is_no_change() -> None:
    assert World().look() == ()


def test_second_snapshot_finds_the_changes_since_the_first() -> None:
    world = World()
    world.look()
    world.set("5")
    (change,) = world.look()
    assert (change.before, change.after) == ("4", "5")
    assert (change.not_before, change.at) == (START.timestamp() + 60, START.timestamp() + 120)
    assert world.book.past(FUNCTION, START).changes == [change]


def test_change_is_recorded_once() -> None:
    world = World()
    world.look()
    world.set("5")
    world.look()
    assert world.look() == ()


def test_removed_resource_is_no_change() -> None:
    world = World()
    world.look()
    del world.states.settings[FUNCTION]
    assert world.inventory.observe(FUNCTION) is None
    newest = world.book.newest(FUNCTION)
    assert newest is not None
    assert newest.settings["alias_version"] == "4"


def test_change_during_the_read_is_dated_after_its_start() -> None:
    """The next look must not claim that the change came after this one's end."""
    world = World()
    asked_at = world.clock()
    state = ResourceState(resource=FUNCTION, settings={"alias": "live", "alias_version": "4"})
    world.clock.advance(20)
    world.inventory.compare(state, Past(None, ()), (), asked_at)
    world.set("5")
    (change,) = world.look(after=1)
    assert change.not_before == asked_at.timestamp()
    assert change.at == world.clock().timestamp()


def test_failed_snapshot_leaves_the_change_to_the_next() -> None:
    world = World()
    world.look()
    world.set("5")
    world.states.error = SourceUnavailableError("throttled")
    with pytest.raises(SourceUnavailableError):
        world.look()
    world.states.error = None
    assert [change.after for change in world.look()] == ["5"]


def test_review_without_a_change_keeps_the_scheduled_snapshot() -> None:
    world = World()
    world.look()
    past = world.book.past(FUNCTION, START)
    world.clock.advance(20)
    state = ResourceState(resource=FUNCTION, settings=world.states.settings[FUNCTION])
    review = world.inventory.compare(state, past, (), world.clock())
    assert (review.changes, review.last) == ((), START.timestamp() + 60)
    assert world.book.past(FUNCTION, START) == past


def test_review_and_next_scheduled_snapshot_record_one_change() -> None:
    world = World()
    world.look()
    past = world.book.past(FUNCTION, START)
    world.set("5")
    state = ResourceState(resource=FUNCTION, settings=world.states.settings[FUNCTION])
    world.clock.advance(20)
    review = world.inventory.compare(state, past, (), world.clock())
    assert [change.after for change in review.changes] == ["5"]
    assert world.look() == ()
    assert list(world.book.past(FUNCTION, START).changes) == list(review.changes)
