"""The contract of the service map: from the parameter, and merged."""

import boto3
import pytest
from botocore.stub import Stubber

from quorum.adapters.topology.merged_topology import MergedTopology
from quorum.adapters.topology.ssm_topology import SsmTopology
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.topology import Service, ServiceMap
from quorum.ports.telemetry import TopologySource
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
def test_undeclared_map_is_empty(kind: str) -> None:
    source = InMemoryTopologySource() if kind == "in_memory" else declared(None)
    assert source.service_map() == ServiceMap()


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ("not json", "whole value"),
        ('{"v":2}', "v"),
        ('{"services":[{"resource":"shop"}]}', "services.0.resource"),
        ('{"services":[{"resource":"lambda:a","dependson":[]}]}', "services.0.dependson"),
    ],
)
def test_invalid_map_error_names_the_field(value: str, field: str) -> None:
    with pytest.raises(SourceUnavailableError, match=f"{NAME}: {field}: "):
        declared(value).service_map()


def test_a_parameter_that_may_not_be_read_is_not_an_empty_map() -> None:
    client = boto3.client("ssm")
    with Stubber(client) as stubber:
        stubber.add_client_error("get_parameter", "AccessDeniedException")
        with pytest.raises(SourceUnavailableError, match="AccessDenied"):
            SsmTopology(client, NAME).service_map()


def test_sources_are_merged_and_the_first_has_precedence() -> None:
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


def test_failing_source_fails_the_whole_map() -> None:
    broken = InMemoryTopologySource()
    broken.error = SourceUnavailableError("down")
    with pytest.raises(SourceUnavailableError):
        MergedTopology(InMemoryTopologySource(DECLARED), broken).service_map()
