"""Metrics that Metrics Insights queries and searches name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorum.services.expressions import named_metrics


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        (
            "SELECT SUM(Errors) FROM SCHEMA(\"AWS/Lambda\", FunctionName) WHERE FunctionName = 'c'",
            [("AWS/Lambda", {"FunctionName": "c"})],
        ),
        (
            'SELECT SUM(ReadThrottleEvents) FROM "AWS/DynamoDB" GROUP BY TableName',
            [("AWS/DynamoDB", {})],
        ),
        (
            'select avg(x) from SCHEMA("AWS/ECS", ClusterName, ServiceName) '
            "where ClusterName='p' and ServiceName='w' order by avg() limit 1",
            [("AWS/ECS", {"ClusterName": "p", "ServiceName": "w"})],
        ),
        ("SELECT MAX(x) FROM \"AWS/SQS\" WHERE QueueName = 'a' OR QueueName = 'b'", "none"),
        ("SELECT MAX(x) FROM \"AWS/SQS\" WHERE QueueName != 'a'", "none"),
        ("SELECT MAX(x) FROM \"AWS/SQS\" WHERE NOT QueueName = 'a'", "none"),
        (
            'SEARCH(\'{"AWS/EC2","InstanceId"} MetricName="NetworkIn" InstanceId="i-1"\', '
            "'Sum', 300)",
            [("AWS/EC2", {"InstanceId": "i-1"})],
        ),
        (
            "MAX(SEARCH('{AWS/EC2,InstanceId} MetricName=\"NetworkIn\"', 'Sum', 300))",
            [("AWS/EC2", {})],
        ),
        ("100 * errors / requests", []),
        ("SELECT", []),
        ("SEARCH(", []),
        ("", []),
    ],
)
def test_expression_names_its_namespace_and_equal_dimensions(
    expression: str, named: list[tuple[str, dict[str, str]]] | str
) -> None:
    found = [(one.namespace, dict(one.dimensions)) for one in named_metrics(expression)]
    assert found == ([("AWS/SQS", {})] if named == "none" else named)


@given(st.text(alphabet="SELECTFROMWHEREARCH(){}=!,'\"\\ ab", max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    list(named_metrics(text))
    list(named_metrics(f"SELECT {text}"))
    list(named_metrics(f"SEARCH('{text}'"))
