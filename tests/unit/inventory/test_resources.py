"""Resolution of metrics and ARNs to resources."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorum.domain.errors import InvalidInputError
from quorum.domain.resources import alias_of, arn, of_arn, resolve, resource_id
from quorum.domain.topology import Metrics, Service, ServiceMap

WHERE = {"partition": "aws", "region": "eu-west-1", "account": "123456789012"}
MAP = ServiceMap(
    services=(
        Service(
            resource="lambda:checkout",
            metrics=Metrics(namespace="Shop/checkout", version_namespace="Shop/checkout/{version}"),
        ),
        Service(resource="lambda:stock", metrics=Metrics(namespace="Shop/stock")),
    )
)


@pytest.mark.parametrize(
    ("namespace", "dimensions", "resource"),
    [
        ("AWS/Lambda", {"FunctionName": "checkout"}, "lambda:checkout"),
        ("AWS/Lambda", {"FunctionName": "f", "Resource": "f:live"}, "lambda:f"),
        ("AWS/DynamoDB", {"TableName": "orders", "Operation": "PutItem"}, "dynamodb:orders"),
        ("AWS/SQS", {"QueueName": "parcels.fifo"}, "sqs:parcels.fifo"),
        ("AWS/ECS", {"ClusterName": "prod", "ServiceName": "web"}, "ecs:prod/web"),
        ("AWS/RDS", {"DBInstanceIdentifier": "main"}, "rds:main"),
        ("Shop", {"FunctionName": "checkout", "Stage": "prod"}, "lambda:checkout"),
        ("Shop", {"TableName": "orders"}, "dynamodb:orders"),
        ("Shop", {"QueueName": "parcels"}, "sqs:parcels"),
        ("ECS/ContainerInsights", {"ClusterName": "c", "ServiceName": "s"}, "ecs:c/s"),
        ("Shop", {"FunctionName": "checkout:live"}, "lambda:checkout"),
        ("Shop", {"FunctionName": "arn:aws:lambda:x:1:function:checkout:7"}, "lambda:checkout"),
    ],
)
def test_a_metric_names_its_resource(
    namespace: str, dimensions: dict[str, str], resource: str
) -> None:
    assert resolve(namespace, dimensions.items()) == resource


@pytest.mark.parametrize(
    ("namespace", "dimensions"),
    [
        ("AWS/Lambda", {"TableName": "orders"}),
        ("AWS/ApplicationELB", {"FunctionName": "checkout"}),
        ("Shop", {"FunctionName": "checkout", "TableName": "orders"}),
        ("Shop", {"FunctionName": "a name with blanks"}),
        ("Shop", {}),
        (None, {}),
    ],
)
def test_metric_of_no_single_resource_has_none(
    namespace: str | None, dimensions: dict[str, str]
) -> None:
    assert resolve(namespace, dimensions.items(), MAP) is None


@pytest.mark.parametrize("namespace", ["Shop/checkout", "Shop/checkout/12"])
def test_namespace_declared_by_a_service_names_it(namespace: str) -> None:
    assert resolve(namespace, (), MAP) == "lambda:checkout"


def test_namespace_declared_by_two_services_names_neither() -> None:
    metrics = Metrics(namespace="Shop")
    both = tuple(Service(resource=f"lambda:{name}", metrics=metrics) for name in "ab")
    assert resolve("Shop", (), ServiceMap(services=both)) is None


TEAMS = st.sampled_from(["shop", "billing", "search"])


@given(
    declared=st.lists(st.tuples(TEAMS, st.sampled_from(["eu", "us"])), min_size=1, unique=True),
    team=TEAMS,
    site=st.sampled_from(["eu", "us"]),
)
def test_services_of_one_namespace_are_distinguished_by_their_dimensions(
    declared: list[tuple[str, str]], team: str, site: str
) -> None:
    services = tuple(
        Service(
            resource=f"other:{name}-{place}",
            metrics=Metrics(namespace="Company", dimensions={"Team": name, "Site": place}),
        )
        for name, place in declared
    )
    found = resolve("Company", [("Team", team), ("Site", site)], ServiceMap(services=services))
    assert found == (f"other:{team}-{site}" if (team, site) in declared else None)
    fits = [place for name, place in declared if name == team]
    alone = resolve("Company", [("Team", team)], ServiceMap(services=services))
    assert alone == (f"other:{team}-{fits[0]}" if len(fits) == 1 else None)


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("lambda:f", "arn:aws:lambda:eu-west-1:123456789012:function:f"),
        ("dynamodb:t", "arn:aws:dynamodb:eu-west-1:123456789012:table/t"),
        ("sqs:q", "arn:aws:sqs:eu-west-1:123456789012:q"),
        ("ssm:/shop/prices", "arn:aws:ssm:eu-west-1:123456789012:parameter/shop/prices"),
        ("ssm:prices", "arn:aws:ssm:eu-west-1:123456789012:parameter/prices"),
        ("ecs:c/s", "arn:aws:ecs:eu-west-1:123456789012:service/c/s"),
        ("rds:d", "arn:aws:rds:eu-west-1:123456789012:db:d"),
    ],
)
def test_a_resource_has_an_arn(resource: str, expected: str) -> None:
    assert arn(resource, **WHERE) == expected


def test_resource_of_an_unsupported_service_has_no_arn() -> None:
    with pytest.raises(InvalidInputError, match="other:thing"):
        arn("other:thing", **WHERE)


@given(
    st.sampled_from(["lambda", "dynamodb", "sqs", "ecs", "rds"]),
    st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True),
)
def test_resource_is_found_by_its_arn(kind: str, name: str) -> None:
    resource = f"{kind}:{name}"
    assert of_arn(arn(resource, **WHERE)) == resource


def test_an_arn_with_an_alias_names_the_function() -> None:
    assert of_arn("arn:aws:lambda:eu-west-1:123456789012:function:f:live") == "lambda:f"


@pytest.mark.parametrize("text", ["", "arn:aws:iam::1:role/x", "lambda:f"])
def test_arn_of_an_unsupported_service_names_no_resource(text: str) -> None:
    assert of_arn(text) is None


@given(st.text(max_size=300))
def test_arbitrary_text_gives_a_valid_resource_id_or_none(text: str) -> None:
    found = resource_id("lambda", text)
    assert found is None or found == f"lambda:{text}"
    resolve(text, [("FunctionName", text)])
    of_arn(text)


@pytest.mark.parametrize(
    ("resource", "alias"),
    [("f:live", "live"), ("f:7", None), ("f:$LATEST", None), ("f", None), ("", None)],
)
def test_lambdas_resource_dimension_may_name_an_alias(resource: str, alias: str | None) -> None:
    assert alias_of([("FunctionName", "f"), ("Resource", resource)]) == alias
