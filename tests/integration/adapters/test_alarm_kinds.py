"""Kinds of alarms that CloudWatch has: all are asked for, and another account's are not ours."""

from datetime import UTC, datetime
from typing import Any, Final

import boto3
import pytest
from botocore.stub import ANY, Stubber
from hypothesis import given
from hypothesis import strategies as st

from quorum.adapters.telemetry.cloudwatch_alarms import CloudWatchAlarms
from quorum.domain.resources import resolve
from quorum.ports.telemetry import AlarmDescription

OWN, OTHER = "123456789012", "999999999999"
ARN: Final = f"arn:aws:cloudwatch:eu-west-1:{OWN}:alarm:a"
BASE: Final[dict[str, Any]] = {
    "AlarmName": "a",
    "AlarmArn": ARN,
    "StateValue": "ALARM",
    "StateUpdatedTimestamp": datetime(2026, 11, 23, 12, tzinfo=UTC),
}
ALL: Final = {"MetricAlarm", "CompositeAlarm", "LogAlarm"}


def described(kind: str, **alarm: Any) -> AlarmDescription:
    """Return the description of an alarm that CloudWatch returns in the list of that kind."""
    client = boto3.client("cloudwatch", "eu-west-1")
    with Stubber(client) as stubber:
        stubber.add_response(
            "describe_alarms",
            {kind: [BASE | alarm]},
            {"AlarmNames": ["a"], "AlarmTypes": ANY},
        )
        return CloudWatchAlarms(client).describe(["a"])["a"]


def of_logs(*groups: str, schedule: str = "rate(5 minutes)") -> AlarmDescription:
    """Return the description of an alarm on the lines of these groups."""
    return described(
        "LogAlarms",
        ScheduledQueryConfiguration={
            "QueryString": "filter @message like /ERROR/",
            "LogGroupIdentifiers": list(groups),
            "ScheduledQueryRoleARN": f"arn:aws:iam::{OWN}:role/logs",
            "ScheduleConfiguration": {"ScheduleExpression": schedule, "StartTimeOffset": 300},
            "AggregationExpression": "count(*)",
        },
        QueryResultsToEvaluate=3,
        QueryResultsToAlarm=2,
        Threshold=5.0,
        ComparisonOperator="GreaterThanThreshold",
    )


@pytest.mark.parametrize("kind", ["MetricAlarms", "CompositeAlarms", "LogAlarms"])
def test_every_kind_of_alarm_has_a_state(kind: str) -> None:
    client = boto3.client("cloudwatch", "eu-west-1")
    asked = list[dict[str, Any]]()
    client.meta.events.register(
        "provide-client-params.cloudwatch.DescribeAlarms", lambda params, **_: asked.append(params)
    )
    with Stubber(client) as stubber:
        stubber.add_response("describe_alarms", {kind: [BASE]})
        assert CloudWatchAlarms(client).states(["a"])["a"].state == "ALARM"
    assert {*asked[0]["AlarmTypes"]} == ALL


@pytest.mark.parametrize(
    ("group", "resources"),
    [
        ("/aws/lambda/checkout", ["lambda:checkout"]),
        (f"arn:aws:logs:eu-west-1:{OWN}:log-group:/aws/lambda/checkout", ["lambda:checkout"]),
        (f"arn:aws:logs:eu-west-1:{OWN}:log-group:/aws/lambda/checkout:*", ["lambda:checkout"]),
        ("/shop/all", ["loggroup:/shop/all"]),
        (f"arn:aws:logs:eu-west-1:{OTHER}:log-group:/aws/lambda/checkout", []),
    ],
)
def test_log_alarm_concerns_the_writer_of_its_own_accounts_group(
    group: str, resources: list[str]
) -> None:
    watched = of_logs(group).watched
    assert [resolve(one.namespace, one.dimensions) for one in watched] == resources


@pytest.mark.parametrize(
    ("schedule", "seconds"),
    [
        ("rate(1 minute)", 60),
        ("rate(5 minutes)", 300),
        ("rate(1 hour)", 3600),
        ("rate(1 day)", 86_400),
        ("cron(0/5 * * * ? *)", 60),
    ],
)
def test_log_alarm_is_evaluated_at_its_rate(schedule: str, seconds: int) -> None:
    found = of_logs("/shop/all", schedule=schedule)
    assert (found.kind, found.period_seconds, found.evaluation_periods) == ("math", seconds, 3)
    assert (found.threshold, found.comparison) == (5.0, "GreaterThanThreshold")
    assert found.queries == ()


def test_alarm_on_a_promql_query_names_no_resource_and_is_evaluated_at_its_interval() -> None:
    found = described(
        "MetricAlarms",
        EvaluationCriteria={"PromQLCriteria": {"Query": "sum(rate(errors[1m])) > 1"}},
        EvaluationInterval=30,
    )
    assert (found.kind, found.watched, found.queries) == ("math", (), ())
    assert (found.period_seconds, found.reason) == (30, "")


def entry(number: int, account: str | None, form: str) -> dict[str, Any]:
    """Return one entry of an alarm's math, in one of the forms in which it may name a function."""
    name = f"f{number}"
    arn = f"arn:aws:lambda:eu-west-1:{OTHER}:function:{name}"
    metric = {
        "Namespace": "AWS/Lambda",
        "MetricName": "Errors",
        "Dimensions": [{"Name": "FunctionName", "Value": arn if form == "arn" else name}],
    }
    search = "SEARCH('{AWS/Lambda,FunctionName} MetricName=\"Errors\" FunctionName=\"%s\"', 'Sum')"
    shown: dict[str, Any] = (
        {"Expression": search % name, "Period": 60}
        if form == "search"
        else {"MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
    )
    return {"Id": f"m{number}", **shown, **({"AccountId": account} if account else {})}


@given(
    st.lists(
        st.tuples(st.sampled_from([None, OWN, OTHER]), st.sampled_from(["name", "arn", "search"])),
        min_size=1,
        max_size=5,
    )
)
def test_no_metric_of_another_account_is_taken_for_one_here(
    entries: list[tuple[str | None, str]],
) -> None:
    found = described(
        "MetricAlarms",
        Metrics=[entry(n, account, form) for n, (account, form) in enumerate(entries)],
    )

    mine = {
        f"lambda:f{n}"
        for n, (account, form) in enumerate(entries)
        if account != OTHER and form != "arn"
    }
    assert {resolve(one.namespace, one.dimensions) for one in found.watched} == mine
    if entries[0][0] == OTHER and len(entries) == 1:
        assert (found.kind, found.metric) == ("math", None)
        assert [one.account for one in found.queries] == [OTHER]
