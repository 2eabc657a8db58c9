"""Alarms that a tag opts in: every tag is queried, over all pages, each name once."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from quorum.adapters.telemetry.cloudwatch_alarms import CloudWatchAlarms
from quorum.adapters.telemetry.tagged_alarms import TaggedAlarms
from quorum.domain.errors import SourceUnavailableError
from quorum.ports.telemetry import WatchedMetric

ARN = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:"


class Client:
    """A tagging client with pages of alarm names by tag; it records its queries."""

    def __init__(self, **pages: tuple[tuple[str, ...], ...]) -> None:
        self._pages, self.asked = pages, list[dict[str, Any]]()
        self.error: ClientError | None = None

    def get_paginator(self, operation_name: str, /) -> "Client":
        assert operation_name == "get_resources"
        return self

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        self.asked.append(asked)
        if self.error:
            raise self.error
        for page in self._pages[asked["TagFilters"][0]["Key"]]:
            yield {"ResourceTagMappingList": [{"ResourceARN": ARN + name} for name in page]}


def test_an_alarm_with_any_of_the_tags_is_found_once() -> None:
    client = Client(team=(("a", "b:c"), ("d",)), quorum=(("d", "e"),))

    found = TaggedAlarms(client, {"team": "shop", "quorum": "on"}).names()

    assert found == ("a", "b:c", "d", "e")
    assert [one["TagFilters"] for one in client.asked] == [
        [{"Key": "team", "Values": ["shop"]}],
        [{"Key": "quorum", "Values": ["on"]}],
    ]
    assert {tuple(one["ResourceTypeFilters"]) for one in client.asked} == {("cloudwatch:alarm",)}


def test_without_tags_nothing_is_called() -> None:
    client = Client()

    assert TaggedAlarms(client, {}).names() == ()
    assert client.asked == []


def test_a_failing_call_is_an_unavailable_source() -> None:
    client = Client()
    client.error = ClientError({"Error": {"Code": "ThrottlingException"}}, "GetResources")

    with pytest.raises(SourceUnavailableError, match="alarms by tag"):
        TaggedAlarms(client, {"quorum": "on"}).names()


def test_the_metrics_of_a_tagged_alarm_are_found_in_the_account() -> None:
    alarms = boto3.client("cloudwatch")
    alarms.put_metric_alarm(
        AlarmName="orders-throttled",
        Namespace="AWS/DynamoDB",
        MetricName="ThrottledRequests",
        Dimensions=[{"Name": "TableName", "Value": "orders"}],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Tags=[{"Key": "quorum", "Value": "on"}],
    )

    names = TaggedAlarms(boto3.client("resourcegroupstaggingapi"), {"quorum": "on"}).names()

    assert names == ("orders-throttled",)
    (described,) = CloudWatchAlarms(alarms).describe(names).values()
    assert described.watched == (WatchedMetric("AWS/DynamoDB", (("TableName", "orders"),)),)
