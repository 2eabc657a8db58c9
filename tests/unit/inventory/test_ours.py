"""Quorum's own changes are distinguished from those of others."""

import pytest

from quorum.application.inventory import Inventory, made_by_quorum
from quorum.domain.errors import StoreUnavailableError
from quorum.domain.executions import Execution
from quorum.domain.snapshots import Snapshot
from tests.builders.evidence import ONSET, deployed
from tests.builders.incidents import execution
from tests.builders.inventory import FUNCTION, World
from tests.fakes import (
    START,
    InMemoryExecutionLedger,
)


def test_own_effect_is_labelled_and_another_callers_is_not() -> None:
    world = World()
    world.look()
    world.clock.advance(10)
    world.act(written={"alias_version": "3", "alias_revision": "r"})
    world.set("3")
    assert [change.ours for change in world.look()] == [True]
    world.set("9")
    assert [change.ours for change in world.look()] == [False]


def test_change_under_a_fence_of_unknown_outcome_counts_as_own() -> None:
    world = World()
    world.look()
    world.act(state="started")
    world.set("3")
    assert [change.ours for change in world.look()] == [True]


@pytest.mark.parametrize("seconds", [-100, 700])
def test_own_effect_at_another_time_labels_no_change(seconds: float) -> None:
    change = deployed(FUNCTION, 0, width=60, values=("4", "3"))
    effect = execution(operation="undo", started_at=ONSET + seconds, written={"alias_version": "3"})
    assert not made_by_quorum(change, [effect])
    assert made_by_quorum(change, [effect.model_copy(update={"started_at": ONSET + 30.0})])
    elsewhere = {"started_at": ONSET + 30.0, "resource": "lambda:other"}
    assert not made_by_quorum(change, [effect.model_copy(update=elsewhere)])


def test_change_that_cannot_be_labelled_is_not_stored() -> None:
    class Down(InMemoryExecutionLedger):
        def effects_since(self, since: object) -> list[Execution]:  # noqa: ARG002
            raise StoreUnavailableError("executions table")

    world = World()
    world.look()
    world.set("5")
    broken = Inventory(world.states, world.book, Down(world.clock), world.clock)
    with pytest.raises(StoreUnavailableError):
        broken.observe(FUNCTION, "live")
    assert world.book.newest(FUNCTION) == Snapshot(
        resource=FUNCTION,
        taken_at=START.timestamp() + 60,
        settings={"alias": "live", "alias_version": "4"},
    )
    assert [change.after for change in world.look()] == ["5"]
