"""Worlds: drawn by their seed, quiet until the fault, and with what people changed."""

import pytest

from benchmarks.pace.cells import AlarmShape, Cell
from benchmarks.pace.plan import full, pairwise_cells, quick, twins
from benchmarks.pace.world import BAD, CULPRIT, GOOD, TABLE, World, draw

CELL = Cell("total", 100.0, topology="pair")


def test_a_seed_draws_one_world_and_throttling_changes_nothing_in_it() -> None:
    one, same, other = draw(CELL, 1), draw(CELL._replace(throttled=True), 1), draw(CELL, 2)
    assert one.release == same.release != other.release
    assert list(one.traffic.times) == list(same.traffic.times)
    assert one.rng.random() == same.rng.random()
    assert one.trail is None
    assert same.trail is not None


@pytest.mark.parametrize("seed", range(5))
def test_the_alarm_is_quiet_until_the_fault_and_fires_after_it(seed: int) -> None:
    world = draw(CELL._replace(metric="nonzero", rate=10.0), seed)
    assert world.alarms.alarms[0].state != "ALARM"
    changes = world.alarms.advance(world.fault_at + 600)
    assert [change.state for change in changes] == ["ALARM"]


def test_a_world_whose_alarm_fires_before_the_fault_is_drawn_again() -> None:
    keeps = AlarmShape(missing="ignore")
    cell = CELL._replace(fault="delayed", metric="nonzero", rate=3.0, alarm=keeps)
    drawn = [draw(cell, seed) for seed in range(12)]
    assert any(world.number for world in drawn)
    assert all(world.alarms.alarms[0].state != "ALARM" for world in drawn)


def test_a_release_changes_the_alias_and_an_innocent_one_came_long_before() -> None:
    released = World(CELL, 1).account.history[f"lambda:{CULPRIT}"]
    assert released[0][1]["alias_version"] == GOOD
    assert released[-1][1]["alias_version"] == BAD
    outside = World(CELL._replace(fault="external"), 1)
    assert outside.innocent_at is not None
    assert outside.innocent_at < outside.fault_at - 600


def test_a_table_without_enough_units_throttles_until_it_has_them() -> None:
    cell = CELL._replace(fault="capacity", metric="throttles", alarm=AlarmShape(1, 1))
    world = draw(cell, 1)
    world.alarms.advance(world.fault_at + 600)
    assert world.alarms.alarms[0].state == "ALARM"
    world.account.put(TABLE, world.fault_at + 600, read_units=40)
    world.alarms.advance(world.fault_at + 3600)
    assert world.alarms.alarms[0].state == "ALARM"  # it keeps its state without data
    later = world.traffic.served("orders", int(world.fault_at + 1200) // 60 * 60, world.over)
    assert not later.failed.any()


def test_the_plans_have_every_group_and_enough_twins() -> None:
    groups = {planned.group for planned in full(3)}
    assert groups == {"goal", "quiet", "frontier", "pairwise", "other", "sources", "twin"}
    assert sum(one.runs for one in full(3) if one.group == "twin") >= 3000
    assert {planned.group for planned in quick(3)} == groups - {"frontier"}
    assert all(cell.twin and cell.fault == "none" for cell in twins(pairwise_cells(3)))
