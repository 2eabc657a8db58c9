"""Alarms that are OK again."""

from quorum.domain.events import (
    AlarmRecovered,
)
from quorum.domain.incident import replay
from tests.builders.cloudwatch_events import metric_alarm
from tests.builders.intake import World


def test_a_recovery_is_attached_to_the_open_incident_once(world: World) -> None:
    world.take(metric_alarm())

    assert world.take(metric_alarm(value="OK", at=60)) == "recovered"
    assert world.take(metric_alarm(value="OK", at=60)) == "repeat"
    ((_, *rest),) = world.incidents()
    assert [type(event) for event in rest] == [AlarmRecovered]


def test_the_recovery_of_a_joined_alarm_is_attached_too(world: World) -> None:
    world.take(metric_alarm())
    world.take(metric_alarm("shop-checkout-duration", at=5))

    assert world.take(metric_alarm("shop-checkout-duration", value="OK", at=60)) == "recovered"
    assert replay(world.incidents()[0]).recovered[0].alarm_name == "shop-checkout-duration"


def test_recovery_without_an_open_incident_is_only_counted(world: World) -> None:
    assert world.take(metric_alarm(value="OK")) == "stray_recovery"
    world.take(metric_alarm(at=10))
    world.end(world.opened().incident_id)

    assert world.take(metric_alarm(value="OK", at=60)) == "stray_recovery"
    assert len(world.incidents()) == 1
