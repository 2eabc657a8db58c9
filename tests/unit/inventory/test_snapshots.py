"""Looking at a resource again and again."""

import pytest

from quorum.domain.errors import SourceUnavailableError
from quorum.domain.evidence import ResourceState
from quorum.ports.telemetry import Past
from tests.fakes import (
    START,
)
from tests.unit.inventory.world import FUNCTION, World


def test_the_first_sight_of_a_resource_is_no_change() -> None:
    assert World().look() == ()


def test_a_second_look_finds_what_changed_between_them() -> None:
    world = World()
    world.look()
    world.set("5")
    (change,) = world.look()
    assert (change.before, change.after) == ("4", "5")
    assert (change.not_before, change.at) == (START.timestamp() + 60, START.timestamp() + 120)
    assert world.book.past(FUNCTION, START).changes == [change]


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
    assert world.inventory.observe(FUNCTION) is None
    newest = world.book.newest(FUNCTION)
    assert newest is not None
    assert newest.settings["alias_version"] == "4"


def test_what_changes_while_the_settings_are_read_is_dated_after_the_look_began() -> None:
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


def test_a_look_that_fails_leaves_the_change_to_the_next_one() -> None:
    world = World()
    world.look()
    world.set("5")
    world.states.error = SourceUnavailableError("throttled")
    with pytest.raises(SourceUnavailableError):
        world.look()
    world.states.error = None
    assert [change.after for change in world.look()] == ["5"]


def test_a_review_that_finds_nothing_leaves_the_schedules_look_as_it_is() -> None:
    world = World()
    world.look()
    past = world.book.past(FUNCTION, START)
    world.clock.advance(20)
    state = ResourceState(resource=FUNCTION, settings=world.states.settings[FUNCTION])
    review = world.inventory.compare(state, past, (), world.clock())
    assert (review.changes, review.last) == ((), START.timestamp() + 60)
    assert world.book.past(FUNCTION, START) == past


def test_a_review_and_the_schedules_next_look_tell_the_same_change() -> None:
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
