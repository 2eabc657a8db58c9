"""The contract of the service map: from the parameter, from tags, and merged."""

import json
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from functions.shared.adapters.merged_topology import MergedTopology
from functions.shared.adapters.ssm_topology import SsmTopology
from functions.shared.adapters.tag_topology import TAG, TagTopology
from functions.shared.domain.errors import SourceUnavailableError
from functions.shared.domain.topology import Service, ServiceMap
from functions.shared.ports import TopologySource
from tests.fakes import InMemoryTopologySource

NAME = "/quorum/service-map"
DECLARED = ServiceMap(
    services=(
        Service(resource="lambda:checkout", alias="live", depends_on=("lambda:cart",)),
        Service(resource="lambda:cart", log_group="/aws/lambda/cart"),
    )
)


def declared(value: str | None) -> TopologySource:
    """Return the source of the parameter with this value, or without one."""
    client = boto3.client("ssm")
    if value is not None:
        client.put_parameter(Name=NAME, Value=value, Type="String")
    return SsmTopology(client, NAME)


@pytest.mark.parametrize("kind", ["in_memory", "ssm"])
def test_a_declared_map_comes_back_whole(kind: str) -> None:
    source = (
        InMemoryTopologySource(DECLARED)
        if kind == "in_memory"
        else declared(DECLARED.model_dump_json())
    )
    assert source.service_map() == DECLARED


@pytest.mark.parametrize("kind", ["in_memory", "ssm"])
def test_nobody_has_to_declare_a_map(kind: str) -> None:
    source = InMemoryTopologySource() if kind == "in_memory" else declared(None)
    assert source.service_map() == ServiceMap()


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ("not json", "the whole"),
        ('{"v":2}', "v"),
        ('{"services":[{"resource":"shop"}]}', "services.0.resource"),
        ('{"services":[{"resource":"lambda:a","dependson":[]}]}', "services.0.dependson"),
    ],
)
def test_a_map_that_is_wrong_names_the_field(value: str, field: str) -> None:
    with pytest.raises(SourceUnavailableError, match=f"{NAME}: {field}: "):
        declared(value).service_map()


def test_a_parameter_that_may_not_be_read_is_not_an_empty_map() -> None:
    client = boto3.client("ssm")
    with Stubber(client) as stubber:
        stubber.add_client_error("get_parameter", "AccessDeniedException")
        with pytest.raises(SourceUnavailableError, match="AccessDenied"):
            SsmTopology(client, NAME).service_map()


def tagged(*pages: dict[str, str]) -> TagTopology:
    """Return the tag source; each page maps an ARN to its tag's value."""

    class Paginator:
        def paginate(self, **request: Any) -> Any:
            assert request == {"TagFilters": [{"Key": TAG}]}
            for page in pages:
                yield {
                    "ResourceTagMappingList": [
                        {
                            "ResourceARN": arn,
                            "Tags": [{"Key": "team", "Value": "x"}, {"Key": TAG, "Value": value}],
                        }
                        for arn, value in page.items()
                    ]
                }

    class Client:
        def get_paginator(self, operation_name: str, /) -> Any:
            assert operation_name == "get_resources"
            return Paginator()

    return TagTopology(Client())


ARN = "arn:aws:{}:us-east-1:123456789012:{}".format


def test_tags_on_all_pages_become_dependencies() -> None:
    source = tagged(
        {
            ARN("lambda", "function:checkout"): "lambda:cart  dynamodb:orders lambda:cart",
            ARN("ec2", "instance/i-1"): "lambda:cart",
        },
        {ARN("sqs", "parcels"): "ssm:/shop/prices"},
    )
    assert source.service_map() == ServiceMap(
        services=(
            Service(resource="lambda:checkout", depends_on=("lambda:cart", "dynamodb:orders")),
            Service(resource="sqs:parcels", depends_on=("ssm:/shop/prices",)),
        )
    )


def test_a_tag_that_is_no_resource_id_is_named() -> None:
    with pytest.raises(SourceUnavailableError, match="lambda:checkout: 'rm' is no resource id"):
        tagged({ARN("lambda", "function:checkout"): "rm -rf"}).service_map()


def test_real_tags_are_found() -> None:
    boto3.client("sqs").create_queue(QueueName="parcels", tags={TAG: "lambda:courier"})
    boto3.client("sqs").create_queue(QueueName="untagged")
    found = TagTopology(boto3.client("resourcegroupstaggingapi")).service_map()
    assert json.loads(found.model_dump_json())["services"][0]["depends_on"] == ["lambda:courier"]
    assert len(found.services) == 1


def test_sources_are_merged_and_the_first_one_knows_best() -> None:
    tags = InMemoryTopologySource(
        ServiceMap(
            services=(
                Service(resource="lambda:checkout", depends_on=("dynamodb:orders", "lambda:cart")),
                Service(resource="sqs:parcels", depends_on=("lambda:courier",)),
            )
        )
    )
    merged = MergedTopology(InMemoryTopologySource(DECLARED), tags).service_map()
    checkout = merged.service("lambda:checkout")
    assert checkout is not None
    assert (checkout.alias, checkout.depends_on) == ("live", ("lambda:cart", "dynamodb:orders"))
    assert [service.resource for service in merged.services] == [
        "lambda:checkout",
        "lambda:cart",
        "sqs:parcels",
    ]


def test_when_one_source_fails_there_is_no_half_map() -> None:
    broken = InMemoryTopologySource()
    broken.error = SourceUnavailableError("down")
    with pytest.raises(SourceUnavailableError):
        MergedTopology(InMemoryTopologySource(DECLARED), broken).service_map()
