"""A message counts only if CloudWatch confirms it: no sender can silence an alarm."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorum.domain.errors import SourceUnavailableError
from tests.builders.alarms import arn
from tests.builders.cloudwatch_events import composite_alarm, function_errors, metric_alarm
from tests.builders.intake import World
from tests.fakes.clock import START

NAME = "shop-checkout-errors"
FAR = 73 * 365 * 86_400


def reason(world: World) -> str:
    """Return why the last message is a dead letter."""
    return world.dead_letters.kept[-1][1]


@pytest.mark.parametrize("value", ["OK", "ALARM"])
@pytest.mark.parametrize("ahead", [61, 3600, FAR])
def test_transition_in_the_future_is_refused_and_the_next_real_one_accepted(
    world: World, value: str, ahead: float
) -> None:
    world.send(metric_alarm(value="OK", at=-600))

    assert world.forge(metric_alarm(value=value, at=ahead)) == "refused"
    assert "future" in reason(world)

    assert world.take(metric_alarm(at=1)) == "opened"


def test_clock_less_than_a_minute_behind_refuses_no_transition(world: World) -> None:
    world.alarms.send(metric_alarm(at=60))

    assert world.forge(metric_alarm(at=60)) == "opened"


def test_an_alarm_that_does_not_exist_is_refused(world: World) -> None:
    assert world.forge(metric_alarm("shop-invented")) == "refused"
    assert "there is no alarm shop-invented" in reason(world)
    assert world.operations.transition(arn("shop-invented")) is None


@pytest.mark.parametrize(("known", "claimed"), [("OK", "ALARM"), ("ALARM", "OK")])
def test_transition_unknown_to_cloudwatch_is_retried_and_then_refused(
    world: World, known: str, claimed: str
) -> None:
    world.send(metric_alarm(value=known, at=-3600))

    with pytest.raises(SourceUnavailableError, match="reports no change"):
        world.forge(metric_alarm(value=claimed))
    world.clock.advance(300)

    assert world.forge(metric_alarm(value=claimed)) == "refused"
    assert f"reports {known} for" in reason(world)
    assert world.operations.transition(arn(NAME)) is None
    assert world.incidents() == []


def test_transition_time_is_compared_to_the_second(world: World) -> None:
    world.alarms.send(metric_alarm(at=0))

    assert world.forge(metric_alarm(at=0.985)) == "opened"


def test_transition_of_an_alarm_that_has_changed_since_is_accepted(world: World) -> None:
    world.send(metric_alarm(at=0), metric_alarm(value="OK", at=20))

    assert world.forge(metric_alarm(at=0)) == "opened"
    assert world.forge(metric_alarm(value="OK", at=20)) == "recovered"


def test_message_is_retried_while_cloudwatch_is_unreadable(world: World) -> None:
    world.send(metric_alarm())
    world.alarms.error = SourceUnavailableError("throttled")

    with pytest.raises(SourceUnavailableError, match="throttled"):
        world.forge(metric_alarm())
    world.alarms.error = None

    assert world.forge(metric_alarm()) == "opened"


def test_alarms_metric_is_taken_from_cloudwatch_and_not_the_message(
    world: World,
) -> None:
    world.send(metric_alarm())
    forged = metric_alarm(function="victim")
    (entry,) = forged["detail"]["configuration"]["metrics"]
    entry["metricStat"].update(period=86_400, stat="Maximum")

    assert world.forge(forged) == "opened"

    alarm = world.opened().alarm
    assert alarm.resources == ("lambda:checkout",)
    assert (alarm.statistic, alarm.period_seconds) == ("Sum", 60)
    assert world.operations.holder("lambda:victim") is None


def test_composite_rule_is_taken_from_cloudwatch(world: World) -> None:
    world.send(composite_alarm(), metric_alarm("shop-victim-errors", function="victim"))
    forged = composite_alarm(rule="ALARM(shop-victim-errors)", triggering=("shop-victim-errors",))

    assert world.forge(forged) == "opened"
    assert world.opened().alarm.children == ("shop-checkout-errors", "shop-payment-errors")


@pytest.mark.parametrize("metrics", [None, 7, "x", [], function_errors("another") * 1000])
def test_configuration_in_a_message_is_ignored(world: World, metrics: Any) -> None:
    world.send(metric_alarm())
    forged = metric_alarm()
    forged["detail"]["configuration"] = {"metrics": metrics}

    assert world.forge(forged) == "opened"
    assert world.opened().alarm.resources == ("lambda:checkout",)


@pytest.mark.parametrize("ahead", [3600, FAR, -10])
def test_impossible_stored_transition_is_replaced(world: World, ahead: float) -> None:
    world.clock.advance(600)
    poisoned = START + timedelta(seconds=600 + ahead)
    world.operations.record_transition(arn(NAME), poisoned, "f" * 32)
    world.send(metric_alarm(at=300))
    if ahead < 0:  # it is young: CloudWatch may come to know of it
        with pytest.raises(SourceUnavailableError):
            world.forge(metric_alarm(at=300))
        world.clock.advance(300)

    assert world.forge(metric_alarm(at=300)) == "opened"
    assert world.take(metric_alarm(value="OK", at=1500)) == "recovered"


def test_impossible_stored_recovery_is_replaced_by_a_recovery(
    world: World,
) -> None:
    world.operations.record_transition(arn(NAME), START + timedelta(seconds=FAR), "f" * 32)

    assert world.take(metric_alarm(value="OK")) == "stray_recovery"
    assert world.take(metric_alarm(at=60)) == "opened"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["OK", "ALARM", "INSUFFICIENT_DATA"]),
            st.integers(-(10**9), 10**10) | st.integers(-700, 700),
        ),
        max_size=8,
    )
)
def test_real_alarm_opens_an_incident_after_any_forged_message(
    forged: list[tuple[str, int]],
) -> None:
    world = World()
    world.send(metric_alarm(value="OK", at=-3600))
    for value, at in forged:
        try:
            world.forge(metric_alarm(value=value, at=at))
        except SourceUnavailableError:
            continue

    assert world.take(metric_alarm(at=1)) in {"opened", "joined"}
