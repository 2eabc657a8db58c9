"""Forms of alarms and of their events: each names its own resources, and no namesake."""

from typing import Any, Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quorum.domain.alarm_rule import Child, children
from quorum.domain.events import AlarmJoined, IncidentOpened, affected
from quorum.domain.evidence import of_alarm
from tests.builders.alarms import ACCOUNT, arn
from tests.builders.cloudwatch_events import composite_alarm, metric_alarm, stamp
from tests.builders.intake import World

ELSEWHERE: Final = "999999999999"


def stat(namespace: str, name: str, dimensions: dict[str, str], **more: Any) -> dict[str, Any]:
    """Return one metric of an alarm's configuration."""
    metric = {"namespace": namespace, "name": name, "dimensions": dimensions}
    return {"id": "m1", "metricStat": {"metric": metric, "period": 60, "stat": "Sum"}, **more}


def errors(function: str = "checkout", **more: Any) -> dict[str, Any]:
    """Return a function's errors as one metric of an alarm's configuration."""
    return stat("AWS/Lambda", "Errors", {"FunctionName": function}, **more)


def expression(text: str) -> dict[str, Any]:
    """Return one expression of an alarm's configuration."""
    return {"id": "q1", "expression": text, "period": 60, "returnData": True}


def fired(*metrics: dict[str, Any], name: str = "shop-x", **detail: Any) -> dict[str, Any]:
    """Return the event of an alarm with this configuration."""
    event = metric_alarm(name)
    event["detail"]["configuration"] = {"metrics": list(metrics)}
    event["detail"] |= detail
    return event


BY_TABLE: Final = expression(
    'SELECT SUM(ReadThrottleEvents) FROM "AWS/DynamoDB" GROUP BY TableName'
)


def of_series(table: str, *, value: str = "ALARM", at: float = 0) -> dict[str, Any]:
    """Return the event of one of the series of an alarm that is grouped by table."""
    series = {"id": f"series of {table}", "attributes": {"TableName": table}}
    event = fired(BY_TABLE, name="shop-tables", alarmContributor=series)
    event["detail-type"] = "CloudWatch Alarm Contributor State Change"
    event["detail"]["state"] |= {"value": value, "timestamp": stamp(at)}
    return event


@pytest.mark.parametrize(
    ("metrics", "resources"),
    [
        ([errors()], ("lambda:checkout",)),
        ([errors(accountId=ACCOUNT)], ("lambda:checkout",)),
        ([errors(accountId=ELSEWHERE)], ()),
        ([errors(f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:checkout")], ("lambda:checkout",)),
        ([errors(f"arn:aws:lambda:eu-west-1:{ELSEWHERE}:function:checkout")], ()),
        (
            [
                {"id": "e1", "expression": "m1 + m2", "returnData": True},
                errors(returnData=False),
                errors("payment", id="m2", returnData=False, accountId=ELSEWHERE),
            ],
            ("lambda:checkout",),
        ),
        (
            [
                expression(
                    'SELECT SUM(Errors) FROM SCHEMA("AWS/Lambda", FunctionName) '
                    "WHERE FunctionName = 'checkout'"
                )
            ],
            ("lambda:checkout",),
        ),
        ([BY_TABLE], ()),
        (
            [
                expression(
                    'SEARCH(\'{AWS/SQS,QueueName} MetricName="NumberOfMessagesSent" '
                    "QueueName=\"orders\"', 'Sum', 300)"
                )
            ],
            ("sqs:orders",),
        ),
        ([expression("sum(rate(errors[1m])) > 1")], ()),
        ([], ()),
    ],
)
def test_an_alarm_has_the_resources_of_its_own_accounts_metrics(
    metrics: list[dict[str, Any]], resources: tuple[str, ...]
) -> None:
    world = World()

    assert world.take(fired(*metrics)) == "opened"
    alarm = world.opened().alarm
    assert alarm.resources == resources
    assert affected((alarm,)) == (resources or ("alarm:shop-x",))


def test_metric_of_another_account_is_not_queried_as_one_of_this_account() -> None:
    world = World()
    world.take(fired(errors(accountId=ELSEWHERE)))

    alarm = world.opened().alarm
    assert (alarm.kind, alarm.metric, alarm.dimensions) == ("math", None, ())
    assert [entry.account for entry in alarm.queries] == [ELSEWHERE]


@settings(max_examples=50)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=250).map("shop-".__add__))
@example('shop-größe/ß "quoted" (p99) [%] ' * 9)
def test_alarm_of_any_name_opens_an_incident_and_recovers(name: str) -> None:
    name, world = name[:255], World()

    assert world.take(metric_alarm(name)) == "opened"
    assert world.opened().alarm.resources == ("lambda:checkout",)
    assert world.take(metric_alarm(name, value="OK", at=70)) == "recovered"

    nameless = World()
    assert nameless.take(fired(name=name)) == "opened"
    assert affected((nameless.opened().alarm,)) == (of_alarm(name),)


def test_muted_alarm_opens_no_incident_and_its_recovery_still_counts() -> None:
    world, mute = World(), {"mutedByArn": arn("release")}
    assert world.take(fired(errors(), muteDetail=mute)) == "suppressed"
    assert world.incidents() == []

    assert world.take(metric_alarm(at=10)) == "opened"
    recovery = metric_alarm(value="OK", at=70)
    recovery["detail"]["muteDetail"] = mute
    assert world.take(recovery) == "recovered"


def test_recovery_is_recorded_though_its_actions_are_suppressed() -> None:
    world = World()
    assert world.take(composite_alarm()) == "opened"

    suppressed = composite_alarm(value="OK", actionsSuppressedBy="ExtensionPeriod", at=300)
    assert world.take(suppressed) == "recovered"


def test_alarm_enters_after_its_wait_period() -> None:
    world = World()
    assert world.take(composite_alarm(actionsSuppressedBy="WaitPeriod")) == "suppressed"
    assert world.take(composite_alarm(at=120)) == "opened"


def test_series_of_an_alarm_names_its_resource_once_cloudwatch_confirms_it() -> None:
    world = World()
    world.alarms.breaching["shop-tables"] = [{"TableName": "orders"}]

    assert world.take(of_series("orders")) == "opened"
    assert world.opened().alarm.resources == ("dynamodb:orders",)


def test_series_that_cloudwatch_does_not_report_is_refused() -> None:
    world = World()
    world.alarms.breaching["shop-tables"] = [{"TableName": "orders"}]
    forged = of_series("payments")
    world.send(forged)
    world.clock.sleep(301)

    assert world.forge(forged) == "refused"


def test_two_series_and_their_alarm_are_one_incident() -> None:
    world = World()
    world.alarms.breaching["shop-tables"] = [{"TableName": "orders"}, {"TableName": "carts"}]

    assert world.take(of_series("orders")) == "opened"
    assert world.take(of_series("carts", at=5)) == "joined"
    whole = fired(BY_TABLE, name="shop-tables")
    whole["detail"]["state"]["timestamp"] = stamp(10)
    assert world.take(whole) == "joined"

    ((*events,),) = world.incidents()
    alarms = [e.alarm.resources for e in events if isinstance(e, IncidentOpened | AlarmJoined)]
    assert alarms == [("dynamodb:orders",), ("dynamodb:carts",), ()]


def test_recovery_of_one_series_ends_nothing() -> None:
    world = World()
    world.alarms.breaching["shop-tables"] = [{"TableName": "orders"}]
    world.take(of_series("orders"))

    assert world.take(of_series("orders", value="OK", at=60)) == "one_series"


@pytest.mark.parametrize("change", [{"alarmContributor": None}, {"alarmContributor": {"id": ""}}])
def test_change_of_a_series_without_a_series_is_unreadable(change: dict[str, Any]) -> None:
    event = of_series("orders")
    event["detail"] |= change
    assert World().forge(event) == "unreadable"


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("AT_LEAST(2, ALARM, (az1, az2, az3))", ["az1", "az2", "az3"]),
        ("AT_LEAST(50%, OK, (\"a, b\", 'c'))", ["a, b:OK", "c:OK"]),
        ('ALARM("a (prod) x")', ["a (prod) x"]),
        (r'ALARM("say \"no\"")', ['say "no"']),
        ("ALARM(a) AND NOT ALARM(b)", ["a", "!b"]),
        ("NOT (ALARM(a) OR NOT OK(b)) AND ALARM(c)", ["!a", "b:OK", "c"]),
        ("NOT AT_LEAST(1, ALARM, (a))", ["!a"]),
        ("TRUE", []),
        ("ALARM(", []),
        ("AT_LEAST(2", []),
        (")))ALARM(a)", ["a"]),
    ],
)
def test_children_of_a_rule_have_the_state_that_contributes(rule: str, found: list[str]) -> None:
    def shown(child: Child) -> str:
        state = "" if child.state == "ALARM" else f":{child.state}"
        return f"{'!' if child.negated else ''}{child.name}{state}"

    assert [shown(child) for child in children(rule)] == found


@pytest.mark.parametrize(
    ("rule", "states", "resources"),
    [
        ("ALARM(c1) OR ALARM(c2)", ("ALARM", "OK"), ("lambda:f1",)),
        ("ALARM(c1) OR ALARM(c2)", ("ALARM", "ALARM"), ("lambda:f1", "lambda:f2")),
        ("ALARM(c1) OR ALARM(c2)", ("OK", "OK"), ("lambda:f1", "lambda:f2")),
        ("ALARM(c1) AND NOT ALARM(c2)", ("ALARM", "OK"), ("lambda:f1",)),
        ("ALARM(c1) AND NOT OK(c2)", ("ALARM", "ALARM"), ("lambda:f1", "lambda:f2")),
        ("OK(c1) AND ALARM(c2)", ("OK", "ALARM"), ("lambda:f2",)),
        ("ALARM(c1) AND NOT ALARM(c2)", ("ALARM", "ALARM"), ("lambda:f1",)),
        ("AT_LEAST(1, ALARM, (c1, c2))", ("OK", "ALARM"), ("lambda:f2",)),
        (f"ALARM({arn('c1')})", ("ALARM", "OK"), ("lambda:f1",)),
        (f"ALARM({arn('c1').replace(ACCOUNT, ELSEWHERE)})", ("ALARM", "OK"), ()),
    ],
)
def test_composite_blames_the_children_in_the_state_that_contributes(
    rule: str, states: tuple[str, str], resources: tuple[str, ...]
) -> None:
    world = World()
    for number, state in enumerate(states, 1):
        world.send(metric_alarm(f"c{number}", function=f"f{number}", value=state))

    assert world.take(composite_alarm(rule=rule, triggering=())) == "opened"
    assert world.opened().alarm.resources == resources


def test_composite_of_composites_has_the_resources_of_the_alarms_in_it() -> None:
    world = World()
    world.send(metric_alarm("inner-1", function="f1"))
    world.send(metric_alarm("inner-2", function="f2", value="OK"))
    world.send(composite_alarm("inner", rule="ALARM(inner-1) OR ALARM(inner-2)", triggering=()))

    assert world.take(composite_alarm("shop-outer", rule="ALARM(inner)", triggering=())) == "opened"
    assert world.opened().alarm.resources == ("lambda:f1",)
