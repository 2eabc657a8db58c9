"""The laptop's ground floor: the shop on an emulator, a release that breaks it, and its cure."""

import time
from collections.abc import Callable, Iterator

import pytest

from local.emulator import Emulator
from local.emulator_install import ROOT
from local.shop.assembly import shop_app
from local.shop.faults import Faults, alarm_name
from local.shop.load import Load
from local.shop.plan import Plan, draw
from local.shop.releases import BAD, INNOCENT
from local.stage import ORDERS
from local.toolchain import deploy

SEED = 7
SOON = 40.0


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        deploy(shop_app(SEED), running, log=ROOT / ".local" / "deploy.log")
        yield running


@pytest.fixture(scope="module")
def plan() -> Plan:
    return draw(SEED)


@pytest.fixture(scope="module")
def faults(emulator: Emulator, plan: Plan) -> Faults:
    return Faults(plan, emulator.client)


@pytest.fixture(scope="module")
def load(emulator: Emulator, plan: Plan) -> Iterator[Load]:
    with Load(plan, emulator.client, rate=ORDERS) as customers:
        yield customers


@pytest.fixture
def states(emulator: Emulator) -> Callable[[], dict[str, str]]:
    cloudwatch = emulator.client("cloudwatch")

    def read() -> dict[str, str]:
        alarms = cloudwatch.describe_alarms(AlarmNamePrefix="shop-")["MetricAlarms"]
        return {alarm["AlarmName"]: alarm["StateValue"] for alarm in alarms}

    return read


def until(condition: Callable[[], bool], *, within: float = SOON) -> float:
    """Wait for the condition; return the seconds that it took, or fail."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < within
        time.sleep(0.25)
    return time.monotonic() - started


def test_a_healthy_shop_serves_and_no_alarm_rises(
    load: Load, states: Callable[[], dict[str, str]]
) -> None:
    until(lambda: load.counts()[0] > 60)

    assert load.counts()[1] == 0
    assert set(states().values()) == {"OK"}


def test_an_innocent_release_raises_no_alarm(
    load: Load, plan: Plan, faults: Faults, states: Callable[[], dict[str, str]]
) -> None:
    change = faults.release(plan.members[1], INNOCENT)
    time.sleep(6)

    assert change.before != change.after
    assert load.counts(5)[1] == 0
    assert set(states().values()) == {"OK"}


def test_a_bad_release_raises_the_alarms_above_it_and_the_old_version_quiets_them(
    load: Load,
    plan: Plan,
    faults: Faults,
    states: Callable[[], dict[str, str]],
) -> None:
    bad = faults.release(plan.members[1], BAD[0])
    until(lambda: states()[alarm_name(plan.members[1])] == "ALARM")
    until(lambda: states()[alarm_name(plan.front)] == "ALARM")

    assert states()[alarm_name(plan.deepest)] == "OK"
    assert load.counts(5)[1] > 0

    faults.move_alias(plan.members[1], bad.before)
    until(lambda: set(states().values()) == {"OK"})


def test_a_poisoned_row_outlasts_a_rollback(
    plan: Plan, faults: Faults, states: Callable[[], dict[str, str]], load: Load
) -> None:
    faults.poison_row()
    until(lambda: states()[alarm_name(plan.deepest)] == "ALARM")
    faults.release(plan.deepest, INNOCENT)
    time.sleep(12)
    assert states()[alarm_name(plan.deepest)] == "ALARM"

    faults.cleanse_row()
    until(lambda: set(states().values()) == {"OK"})
    assert load.counts(3)[1] == 0


def test_too_little_concurrency_is_an_error_of_the_caller(
    emulator: Emulator, plan: Plan, faults: Faults, states: Callable[[], dict[str, str]], load: Load
) -> None:
    faults.reserve(plan.deepest, 1)
    until(lambda: states()[alarm_name(plan.members[1])] == "ALARM")

    assert load.errors["DownstreamError"] > 0
    metrics = emulator.client("cloudwatch").list_metrics(Namespace=plan.deepest.namespace)
    assert "Throttles" in {metric["MetricName"] for metric in metrics["Metrics"]}

    faults.reserve(plan.deepest, None)
    until(lambda: set(states().values()) == {"OK"})


@pytest.mark.parametrize("place", range(3))
def test_a_wrong_setting_breaks_the_function_that_reads_it(
    place: int, plan: Plan, faults: Faults, states: Callable[[], dict[str, str]], load: Load
) -> None:
    faults.misconfigure(plan.members[place])
    until(lambda: states()[alarm_name(plan.members[place])] == "ALARM")
    assert all(states()[alarm_name(below)] == "OK" for below in plan.members[place + 1 :])

    faults.configure(plan.members[place])
    until(lambda: set(states().values()) == {"OK"})
    assert load.counts(3)[1] == 0


def test_an_unreadable_parcel_ends_among_the_dead_letters(
    plan: Plan, faults: Faults, states: Callable[[], dict[str, str]], emulator: Emulator, load: Load
) -> None:
    faults.send_unreadable_parcel()
    until(lambda: states()[f"{plan.dead_letters}-not-empty"] == "ALARM", within=90)

    queues = emulator.client("sqs")
    url = queues.get_queue_url(QueueName=plan.dead_letters)["QueueUrl"]
    assert queues.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "<parcel/>"
    assert load.counts(5)[1] == 0
