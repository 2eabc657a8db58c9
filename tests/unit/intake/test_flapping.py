"""An alarm that comes and goes: its incident's log stays short, and nothing is lost by it."""

from collections import Counter

from quorum.domain.events import AlarmJoined, AlarmRecovered, IncidentOpened
from tests.builders.cloudwatch_events import metric_alarm
from tests.builders.intake import World


def test_thousand_transitions_of_one_alarm_are_twenty_events(world: World) -> None:
    verdicts = Counter[str]()
    for turn in range(500):
        verdicts[world.take(metric_alarm(at=20 * turn))] += 1
        verdicts[world.take(metric_alarm(value="OK", at=20 * turn + 10))] += 1

    (events,) = world.incidents()
    assert Counter(type(event) for event in events) == {
        IncidentOpened: 1,
        AlarmJoined: 9,
        AlarmRecovered: 10,
    }
    assert verdicts == {"opened": 1, "joined": 9, "recovered": 10, "flaps": 980}


def test_transition_over_the_limit_stays_over_it_when_repeated(world: World) -> None:
    for turn in range(12):
        world.take(metric_alarm(at=20 * turn))
        world.take(metric_alarm(value="OK", at=20 * turn + 10))

    assert world.take(metric_alarm(value="OK", at=230)) == "flaps"
    assert world.take(metric_alarm(at=240)) == "flaps"
    assert world.take(metric_alarm(at=240)) == "flaps"
    assert world.take(metric_alarm(at=40)) == "older"


def test_another_alarm_joins_an_incident_with_a_flapping_alarm(world: World) -> None:
    for turn in range(12):
        world.take(metric_alarm(at=20 * turn))
        world.take(metric_alarm(value="OK", at=20 * turn + 10))

    assert world.take(metric_alarm("shop-checkout-duration", at=300)) == "joined"


def test_flapping_alarm_opens_a_new_incident_after_the_end_of_its_own(world: World) -> None:
    for turn in range(12):
        world.take(metric_alarm(at=20 * turn))
        world.take(metric_alarm(value="OK", at=20 * turn + 10))
    world.end(world.opened().incident_id)

    assert world.take(metric_alarm(at=300)) == "opened"
