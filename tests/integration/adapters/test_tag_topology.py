"""Dependencies from tags."""

import json
from typing import Any

import boto3
import pytest

from quorum.adapters.topology.tag_topology import TagTopology
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.topology import TAG, Service, ServiceMap


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
            ARN("groundstation", "config/i-1"): "lambda:cart",
        },
        {ARN("sqs", "parcels"): "ssm:/shop/prices"},
    )
    assert source.service_map() == ServiceMap(
        services=(
            Service(
                resource="lambda:checkout",
                depends_on=("lambda:cart", "dynamodb:orders"),
                source="tags",
            ),
            Service(resource="sqs:parcels", depends_on=("ssm:/shop/prices",), source="tags"),
        )
    )


def test_a_tag_that_is_no_resource_id_is_named() -> None:
    with pytest.raises(SourceUnavailableError, match="lambda:checkout: 'rm' is not a resource id"):
        tagged({ARN("lambda", "function:checkout"): "rm -rf"}).service_map()


def test_real_tags_are_found() -> None:
    boto3.client("sqs").create_queue(QueueName="parcels", tags={TAG: "lambda:courier"})
    boto3.client("sqs").create_queue(QueueName="untagged")
    found = TagTopology(boto3.client("resourcegroupstaggingapi")).service_map()
    assert json.loads(found.model_dump_json())["services"][0]["depends_on"] == ["lambda:courier"]
    assert len(found.services) == 1
