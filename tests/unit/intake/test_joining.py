"""Alarms that join an open incident."""

from quorum.domain.events import (
    AlarmJoined,
)
from tests.builders.alarms import arn
from tests.builders.cloudwatch_events import composite_alarm, function_errors, metric_alarm
from tests.builders.intake import World, chain


def test_an_alarm_on_the_same_resource_joins_once(world: World) -> None:
    world.take(metric_alarm())
    other = metric_alarm("shop-checkout-duration", at=5)

    assert world.take(other) == "joined"
    assert world.take(other) == "repeat"
    ((_, *rest),) = world.incidents()
    assert [type(fact) for fact in rest] == [AlarmJoined]


def test_alarm_on_a_neighbour_joins_and_claims_its_own_resource(world: World) -> None:
    world.topology.map = chain("checkout", "payment", "ledger", "audit")
    world.take(metric_alarm())

    assert world.take(metric_alarm("shop-payment", function="payment", at=1)) == "joined"
    assert world.operations.holder("lambda:payment") == world.opened().incident_id
    assert world.take(metric_alarm("shop-ledger", function="ledger", at=2)) == "joined"


def test_an_alarm_two_steps_away_is_not_related(world: World) -> None:
    world.topology.map = chain("checkout", "payment", "ledger")
    world.take(metric_alarm())

    assert world.take(metric_alarm("shop-ledger", function="ledger", at=1)) == "opened"


def test_a_neighbour_joins_only_within_the_window(world: World) -> None:
    world.topology.map = chain("checkout", "payment")
    world.take(metric_alarm())
    world.clock.advance(601)

    assert world.take(metric_alarm("shop-payment", function="payment", at=601)) == "opened"


def test_the_same_resource_joins_as_long_as_the_incident_is_open(world: World) -> None:
    world.take(metric_alarm())
    world.clock.advance(7200)

    assert world.take(metric_alarm("shop-checkout-duration", at=7200)) == "joined"


def test_an_alarm_that_fires_again_joins_its_own_open_incident(world: World) -> None:
    world.take(metric_alarm())
    world.take(metric_alarm(value="OK", at=60))

    assert world.take(metric_alarm(at=120)) == "joined"


def test_a_composite_joins_the_incident_of_its_child(world: World) -> None:
    world.take(metric_alarm("shop-payment-errors", function="payment"))

    assert world.take(composite_alarm(at=1)) == "joined"


def test_alarms_sharing_several_resources_join_in_any_order(world: World) -> None:
    event = metric_alarm("shop-both")
    event["detail"]["configuration"]["metrics"] = [
        *function_errors("payment"),
        *function_errors("checkout"),
    ]
    world.take(event)

    assert world.take(metric_alarm("shop-payment", function="payment", at=1)) == "joined"
    assert world.take(metric_alarm(at=1)) == "joined"


def test_alarm_that_joins_claims_its_other_resources_for_the_open_incident(
    world: World,
) -> None:
    world.take(metric_alarm("shop-payment", function="payment"))
    event = metric_alarm("shop-both", at=1)
    event["detail"]["configuration"]["metrics"] = [
        *function_errors("checkout"),
        *function_errors("payment"),
    ]

    assert world.take(event) == "joined"
    first = world.opened().incident_id
    assert world.operations.holder("lambda:checkout") == first
    assert world.operations.holder("lambda:payment") == first
    assert world.operations.transition(arn("shop-both")) is not None
