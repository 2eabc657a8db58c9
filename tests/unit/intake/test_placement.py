"""Placement in races: an alarm's claims are released, and it is in one incident only."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from functions.intake.alarm_event import parse
from functions.intake.correlation import Placement
from functions.intake.open_keys import OpenKeys
from quorum.domain.errors import ConcurrencyConflictError
from tests.builders.alarms import arn
from tests.builders.cloudwatch_events import metric_alarm
from tests.builders.intake import World, chain
from tests.fakes import InMemoryOpeningStore


class Holding:
    """OpenKeys that another incident always holds; `asked` counts the claims."""

    def __init__(self, holder: str) -> None:
        self.holder, self.asked = holder, 0

    def claim(self, keys: Iterable[str], incident_id: str) -> str:
        """Return their holder."""
        assert incident_id not in keys
        self.asked += 1
        return self.holder


OTHER = metric_alarm("shop-checkout-duration", at=5)


def place(world: World, sent: dict[str, Any], claims: Holding | None = None) -> Placement:
    """Place an alarm that CloudWatch sent, past what intake looks at before."""
    world.send(sent)
    event, placing = parse(json.dumps(sent)), world.intake().correlator
    if claims is not None:
        placing = replace(placing, open_keys=cast(OpenKeys, claims))
    return placing.place(event, world.alarms.known[event.detail.alarm_name], None)


def test_alarm_is_retried_after_three_incidents_that_closed_meanwhile(world: World) -> None:
    world.take(metric_alarm())
    world.end(world.opened().incident_id)
    claims = Holding(world.opened().incident_id)

    with pytest.raises(ConcurrencyConflictError, match="closed before the alarm could join"):
        place(world, OTHER, claims)

    assert claims.asked == 3
    ((*_, last),) = world.incidents()
    assert last.type == "IncidentClosed"


def test_alarm_does_not_join_an_incident_that_never_opened(world: World) -> None:
    with pytest.raises(ConcurrencyConflictError):
        place(world, metric_alarm(), Holding("f" * 32))

    assert world.store.load("f" * 32) == []


def test_superseded_transition_leaves_no_open_key(world: World) -> None:
    world.topology.map = chain("checkout", "payment")
    later = world.clock() + timedelta(seconds=60)
    world.operations.record_transition(arn("shop-checkout-errors"), later, "e" * 32)

    assert place(world, metric_alarm()).verdict == "older"

    assert world.operations.holder("lambda:checkout") is None
    assert world.operations.holder("edge:lambda:checkout|lambda:payment") is None
    assert world.incidents() == []


def test_joined_alarm_missing_from_the_stored_opening_is_added(
    world: World,
) -> None:
    world.take(metric_alarm())
    opened = world.opened()
    assert place(world, OTHER).verdict == "joined"

    opening = world.openings.find(opened.incident_id)
    assert opening is not None
    assert [alarm.arn for alarm in opening.alarms] == [
        opened.alarm.arn,
        arn("shop-checkout-duration"),
    ]

    world.openings = InMemoryOpeningStore(opening.model_copy(update={"alarms": (opened.alarm,)}))
    assert place(world, OTHER).verdict == "repeat"
    made_up = world.openings.find(opened.incident_id)
    assert made_up is not None
    assert len(made_up.alarms) == 2


def test_lost_opening_event_is_restored_from_the_stored_opening(world: World) -> None:
    place(world, metric_alarm())
    place(world, OTHER)
    first = world.opened()
    opening = world.openings.find(first.incident_id)
    assert opening is not None
    lost = World()
    lost.openings = InMemoryOpeningStore(
        opening.model_copy(update={"flapping": True, "storm": True})
    )

    assert place(lost, metric_alarm()).verdict == "opened"

    opened = lost.opened()
    assert (opened.alarm, opened.flapping, opened.storm) == (first.alarm, True, True)


def test_alarm_placed_again_finds_its_incident_and_starts_it_again(
    world: World,
) -> None:
    first = place(world, metric_alarm())
    again = place(world, metric_alarm())

    assert (first.verdict, again.verdict) == ("opened", "repeat")
    assert again.incident_id == first.incident_id == world.opened().incident_id
    assert set(world.started()) == {first.incident_id}


def test_the_fifth_incident_of_ten_minutes_to_the_second_is_in_a_storm(world: World) -> None:
    for n in range(4):
        world.take(metric_alarm(f"shop-{n}", function=f"f{n}", at=0))

    world.take(metric_alarm("shop-late", function="late", at=600))

    assert [events[0].storm for events in world.incidents()] == [  # type: ignore[union-attr]
        *(False, False, False, False, True)
    ]


@pytest.mark.parametrize(("seconds", "flapping"), [(1799, True), (1800, False)])
def test_alarm_half_an_hour_after_its_incident_is_not_flapping(
    world: World, seconds: int, *, flapping: bool
) -> None:
    world.take(metric_alarm())
    world.end(world.opened().incident_id)
    world.clock.advance(seconds)

    world.take(metric_alarm(at=seconds))

    assert world.incidents()[-1][0].flapping is flapping  # type: ignore[union-attr]
