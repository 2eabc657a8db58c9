"""The storm that intake is measured with, and the account that is taken of it."""

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


def test_it_is_two_thousand_deliveries_of_which_a_fifth_repeats_another() -> None:
    counted = Counter(delivery.transition for delivery in DELIVERIES)

    assert len(DELIVERIES) == 2000
    assert len(counted) == RESOURCES * ALARMS * TRANSITIONS == 2000 - DUPLICATES
    assert DUPLICATES / len(DELIVERIES) == 0.2


def test_every_alarm_is_first_told_in_its_own_order() -> None:
    firsts = list(dict.fromkeys(delivery.transition for delivery in DELIVERIES))

    for alarm in {transition.alarm for transition in firsts}:
        told = [transition for transition in firsts if transition.alarm == alarm]
        assert told == sorted(told, key=lambda transition: transition.at)
        assert [transition.firing for transition in told] == [True, False] * (TRANSITIONS // 2)


def test_a_body_is_an_event_about_its_transition() -> None:
    delivery = DELIVERIES[0]
    event = parse(delivery.body)

    assert event.detail.alarm_name == delivery.transition.alarm
    assert (event.detail.state.value == "ALARM") == delivery.transition.firing


def test_every_alarm_of_the_storm_is_one_that_cloudwatch_is_asked_to_make() -> None:
    made = {definition["AlarmName"] for definition in definitions()}

    assert {delivery.transition.alarm for delivery in DELIVERIES} == made


def test_an_event_is_unaccounted_for_unless_it_is_told_or_superseded() -> None:
    told, superseded, lost = (d for d in DELIVERIES[:3])
    answers = [
        (told, Taken("joined", 0, 1)),
        (superseded, Taken("older", 0, 1)),
        (lost, Taken("joined", 0, 1)),
    ]

    assert unaccounted(answers, {told.transition}) == {lost.transition}


def test_facts_of_an_incident_are_no_transitions_unless_they_are_about_an_alarm() -> None:
    assert transitions([]) == set()
