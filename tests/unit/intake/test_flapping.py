"""An alarm that comes and goes: its incident's log stays short, and nothing is lost by it."""

from collections import Counter

from quorum.domain.events import AlarmJoined, AlarmRecovered, IncidentOpened
from tests.unit.intake.events import metric_alarm
from tests.unit.intake.world import World


def test_a_thousand_transitions_of_one_alarm_are_twenty_facts(world: World) -> None:
    verdicts = Counter[str]()
    for turn in range(500):
        verdicts[world.take(metric_alarm(at=20 * turn))] += 1
        verdicts[world.take(metric_alarm(value="OK", at=20 * turn + 10))] += 1

    (facts,) = world.incidents()
    assert Counter(type(fact) for fact in facts) == {
        IncidentOpened: 1,
        AlarmJoined: 9,
        AlarmRecovered: 10,
    }
    assert verdicts == {"opened": 1, "joined": 9, "recovered": 10, "flaps": 980}


def test_a_transition_that_was_too_many_stays_too_many_when_it_comes_again(world: World) -> None:
    for turn in range(12):
        world.take(metric_alarm(at=20 * turn))
        world.take(metric_alarm(value="OK", at=20 * turn + 10))

    assert world.take(metric_alarm(value="OK", at=230)) == "flaps"
    assert world.take(metric_alarm(at=240)) == "flaps"
    assert world.take(metric_alarm(at=240)) == "flaps"
    assert world.take(metric_alarm(at=40)) == "older"


def test_another_alarm_of_the_incident_joins_it_all_the_same(world: World) -> None:
    for turn in range(12):
        world.take(metric_alarm(at=20 * turn))
        world.take(metric_alarm(value="OK", at=20 * turn + 10))

    assert world.take(metric_alarm("shop-checkout-duration", at=300)) == "joined"


def test_an_alarm_that_flapped_opens_a_new_incident_once_its_own_is_closed(world: World) -> None:
    for turn in range(12):
        world.take(metric_alarm(at=20 * turn))
        world.take(metric_alarm(value="OK", at=20 * turn + 10))
    world.end(world.opened().incident_id)

    assert world.take(metric_alarm(at=300)) == "opened"
