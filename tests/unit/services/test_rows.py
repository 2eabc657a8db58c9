"""The rows of AWS services: each kind's resources are found by what its metrics and ARNs have."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorum.domain.evidence import STATISTIC_PATTERN
from quorum.domain.resources import arn, of_arn, own_dimensions, resolve, resource_id
from quorum.services import naming, rows
from quorum.services.naming import Place
from quorum.services.row import Kind
from tests.unit.source_rules.linear import attacks, slow

PLACE = Place("aws", "eu-west-1", "123456789012")
MEASURED = [kind for kind in rows.KINDS.values() if kind.dimensions and kind.namespace]
NAMES = st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True)


def of(kind: Kind, name: str) -> str:
    """Return the id of a resource, each part of which has the name."""
    found = resource_id(kind.name, "/".join([name] * max(1, len(kind.dimensions))))
    assert found is not None
    return found


def test_kinds_are_named_once_and_have_one_module_each_service() -> None:
    kinds = [kind.name for service in rows.SERVICES for kind in service.kinds]
    assert len(kinds) == len(set(kinds)) == len(rows.KINDS)
    modules = {p.stem for p in Path("quorum/services").glob("*.py")}
    parts = {"__init__", "row", "rows", "naming", "expressions"}
    assert len(rows.SERVICES) == len(modules - parts)


@pytest.mark.parametrize("kind", MEASURED, ids=lambda kind: kind.name)
@given(name=NAMES)
def test_a_metric_of_a_resource_names_it(kind: Kind, name: str) -> None:
    resource = of(kind, name)
    given_ = dict.fromkeys(kind.given, "x")
    dimensions = own_dimensions(resource, PLACE, given_)
    assert resolve(kind.namespace, dimensions) == resource


@pytest.mark.parametrize("kind", MEASURED, ids=lambda kind: kind.name)
def test_without_what_only_an_alarm_gives_there_is_no_metric(kind: Kind) -> None:
    assert bool(own_dimensions(of(kind, "x"), PLACE)) == (not kind.given)


@pytest.mark.parametrize(
    "kind", [k for k in rows.KINDS.values() if k.arn], ids=lambda kind: kind.name
)
@given(name=NAMES)
def test_a_resource_is_found_by_its_arn(kind: Kind, name: str) -> None:
    resource = of(kind, f"/{name}") if kind.slash else of(kind, name)
    assert of_arn(arn(resource, **PLACE._asdict())) == resource


@pytest.mark.parametrize("kind", rows.KINDS.values(), ids=lambda kind: kind.name)
def test_signals_have_statistics_of_cloudwatch_and_stand_once(kind: Kind) -> None:
    assert all(re.fullmatch(STATISTIC_PATTERN, signal.statistic) for signal in kind.signals)
    assert len({(s.namespace, s.metric) for s in kind.signals}) == len(kind.signals)


@pytest.mark.parametrize("kind", rows.KINDS.values(), ids=lambda kind: kind.name)
def test_shapes_of_names_are_read_in_linear_time(kind: Kind) -> None:
    for dimension in kind.dimensions:
        pattern = naming._pattern(dimension.shape, dimension.pattern)
        assert slow(pattern.fullmatch, attacks(pattern.pattern, 60)) is None


@pytest.mark.parametrize(
    ("namespace", "dimensions", "resource"),
    [
        ("AWS/ApiGateway", {"ApiName": "shop", "Stage": "prod"}, "restapi:shop"),
        ("AWS/ApiGateway", {"ApiId": "a1", "Route": "POST /x", "Stage": "prod"}, "httpapi:a1"),
        (
            "AWS/ApplicationELB",
            {"LoadBalancer": "app/a/1", "TargetGroup": "targetgroup/t/2"},
            "targetgroup:t/2",
        ),
        ("AWS/ApplicationELB", {"LoadBalancer": "app/a/1"}, "alb:app/a/1"),
        ("AWS/ECS", {"ClusterName": "prod"}, "ecscluster:prod"),
        ("AWS/ECS", {"ClusterName": "prod", "ServiceName": "web"}, "ecs:prod/web"),
        ("ECS/ContainerInsights", {"ClusterName": "prod", "ServiceName": "web"}, "ecs:prod/web"),
        ("ContainerInsights", {"ClusterName": "prod"}, "eks:prod"),
        ("LambdaInsights", {"function_name": "f"}, "lambda:f"),
        ("AWS/Logs", {"LogGroupName": "/aws/lambda/f"}, "lambda:f"),
        ("AWS/Logs", {"LogGroupName": "/shop/all"}, "loggroup:/shop/all"),
        ("AWS/RDS", {"DBClusterIdentifier": "a", "Role": "WRITER"}, "rdscluster:a"),
        ("AWS/DynamoDB", {"TableName": "t", "GlobalSecondaryIndexName": "i"}, "dynamodb:t"),
        ("AWS/EC2", {"AutoScalingGroupName": "web", "InstanceId": "i-1"}, "ec2:i-1"),
        (
            "AWS/States",
            {"LambdaFunctionArn": "arn:aws:lambda:eu-west-1:1:function:f:live"},
            "lambda:f",
        ),
        ("Shop", {"service": "checkout"}, "service:checkout"),
        ("CWAgent", {"InstanceId": "i-1", "path": "/"}, "ec2:i-1"),
        ("AWS/Billing", {"Currency": "USD"}, None),
        ("AWS/Lambda", {}, None),
    ],
)
def test_dimensions_name_the_most_specific_resource(
    namespace: str, dimensions: dict[str, str], resource: str | None
) -> None:
    assert resolve(namespace, dimensions.items()) == resource
