"""The alarm storm of the intake benchmark, and the account of its transitions."""

from collections import Counter

from benchmarks.alarm_storm import (
    ALARMS,
    DUPLICATES,
    RESOURCES,
    TRANSITIONS,
    definitions,
    storm,
)
from benchmarks.intake import transitions, unaccounted
from benchmarks.intake_worker import Taken
from functions.intake.alarm_event import parse
from tests.fakes.clock import START

DELIVERIES = storm(START)


def test_storm_has_2000_deliveries_of_which_a_fifth_are_duplicates() -> None:
    counted = Counter(delivery.transition for delivery in DELIVERIES)

    assert len(DELIVERIES) == 2000
    assert len(counted) == RESOURCES * ALARMS * TRANSITIONS == 2000 - DUPLICATES
    assert DUPLICATES / len(DELIVERIES) == 0.2


def test_first_deliveries_of_an_alarm_are_in_order() -> None:
    firsts = list(dict.fromkeys(delivery.transition for delivery in DELIVERIES))

    for alarm in {transition.alarm for transition in firsts}:
        own = [transition for transition in firsts if transition.alarm == alarm]
        assert own == sorted(own, key=lambda transition: transition.at)
        assert [transition.firing for transition in own] == [True, False] * (TRANSITIONS // 2)


def test_a_deliverys_body_is_the_event_of_its_transition() -> None:
    delivery = DELIVERIES[0]
    event = parse(delivery.body)

    assert event.detail.alarm_name == delivery.transition.alarm
    assert (event.detail.state.value == "ALARM") == delivery.transition.firing


def test_every_alarm_of_the_storm_is_defined() -> None:
    made = {definition["AlarmName"] for definition in definitions()}

    assert {delivery.transition.alarm for delivery in DELIVERIES} == made


def test_a_transition_is_unaccounted_for_unless_recorded_or_superseded() -> None:
    recorded, superseded, lost = (d for d in DELIVERIES[:3])
    answers = [
        (recorded, Taken("joined", 0, 1)),
        (superseded, Taken("older", 0, 1)),
        (lost, Taken("joined", 0, 1)),
    ]

    assert unaccounted(answers, {recorded.transition}) == {lost.transition}


def test_transitions_of_no_events_are_empty() -> None:
    assert transitions([]) == set()
