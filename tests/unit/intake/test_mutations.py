"""Whatever a message holds, it is an event or a dead letter with a reason: nothing else escapes."""

import json
from typing import Any

import pytest

from functions.intake.alarm_event import parse
from quorum.domain.errors import InvalidInputError, SourceUnavailableError
from tests.builders.alarms import arn
from tests.builders.cloudwatch_events import metric_alarm
from tests.builders.intake import World
from tests.fakes.operations import InMemoryOperations
from tests.unit.intake.mutations import SEEDS, TIMES, mutated

NORMAL, SLOW = 3000, 100_000


def outcomes(count: int, seed: int) -> dict[str, int]:
    """Deliver so many mutated events to one intake; return how each was answered."""
    world, counted = World(), dict[str, int]()
    world.send(*(seed() for seed in SEEDS))
    intake = world.intake()
    for body in mutated(count, seed):
        try:
            verdict = str(intake.handle(body).verdict)
        except SourceUnavailableError:
            verdict = "again"
        counted[verdict] = counted.get(verdict, 0) + 1
    for payload, reason in world.dead_letters.kept:
        assert reason
        assert len(reason) <= 500
        assert json.dumps([payload, reason]).encode()
    return counted


def test_thousands_of_mutated_events_raise_nothing_that_is_not_documented() -> None:
    counted = outcomes(NORMAL, seed=1)

    assert sum(counted.values()) == NORMAL
    assert counted["unreadable"] > NORMAL / 10
    assert {"opened", "joined", "repeat"} <= set(counted)


@pytest.mark.slow
def test_a_hundred_thousand_mutated_events_raise_nothing_that_is_not_documented() -> None:
    assert sum(outcomes(SLOW, seed=2).values()) == SLOW


def event_with(**state: Any) -> str:
    event = metric_alarm()
    event["detail"]["state"].update(state)
    return json.dumps(event)


HOSTILE = {
    "a nested body": "[" * 100_000,
    "a deep field": event_with(reason=json.loads("[" * 500 + "]" * 500)),
    "many digits": event_with(timestamp=1).replace('"timestamp": 1', '"timestamp": ' + "9" * 5000),
    "half a character": event_with(reason="\ud800"),
    "half a character as it is": event_with(reason="x").replace('"x"', '"\ud800"'),
    "half a character in a key": event_with(**{"\udfff": 1}),
    "too long": json.dumps(metric_alarm()) + " " * 300_000,
    **{
        f"the time {at}": event_with(timestamp=at) for at in TIMES if at[:4] not in {"2026", "2099"}
    },
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_mutated_event_is_refused_before_any_claim(body: str) -> None:
    world = World()
    world.send(metric_alarm())

    with pytest.raises(InvalidInputError):
        parse(body)
    assert world.intake().handle(body).verdict == "unreadable"
    assert world.incidents() == []
    assert isinstance(world.operations, InMemoryOperations)
    assert world.operations.held() == {}
    assert world.operations.transition(arn("shop-checkout-errors")) is None


@pytest.mark.parametrize("levels", [10, 20])
def test_event_nested_as_deep_as_awss_is_read(levels: int) -> None:
    more = json.loads("[" * levels + "]" * levels)
    assert parse(event_with(more=more)).detail.alarm_name == "shop-checkout-errors"
