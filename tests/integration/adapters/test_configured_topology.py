"""Dependencies by configuration: listed by the services, and stored in the inventory's table."""

import io
import zipfile
from typing import Any

import boto3
import pytest

from quorum.adapters.dynamodb.configured_topology import DynamoDBConfiguredTopology
from quorum.adapters.dynamodb.snapshot_store import DynamoDBSnapshotStore
from quorum.adapters.resource_state.described_requests import Home, resources_in
from quorum.adapters.resource_state.row_clients import row_clients
from quorum.adapters.topology.listed_topology import ListedTopology
from quorum.domain.configured_edges import ConfiguredEdges
from quorum.domain.errors import StoreUnavailableError
from quorum.domain.topology import ServiceMap
from quorum.ports.edges import EdgeStore
from tests.fakes import InMemoryEdgeStore
from tests.integration.tables import create_table, table_named

ACCOUNT = "123456789012"
HOME = Home(ACCOUNT, "us-east-1")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/checkout"
STREAM = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/orders/stream/2026-11-29T00:00:00.000"


def store(kind: str) -> Any:
    """Return the store in memory, or the real one."""
    if kind == "in_memory":
        return InMemoryEdgeStore()
    create_table("inventory")
    return DynamoDBConfiguredTopology(table_named("quorum-test-inventory"))


@pytest.mark.parametrize("kind", ["in_memory", "dynamodb"])
def test_stored_edges_come_back_and_replace_the_former_ones(kind: str) -> None:
    edges: EdgeStore = store(kind)
    assert edges.edges() == ConfiguredEdges()
    for callee in ("lambda:a", "lambda:b"):
        found = ConfiguredEdges().updated({"sns:orders": [("sns:orders", callee)]}, 60)
        edges.put(found)
        assert edges.edges() == found


def test_stored_edges_are_a_map_beside_the_snapshots() -> None:
    topology = store("dynamodb")
    assert topology.service_map() == ServiceMap()
    topology.put(ConfiguredEdges().updated({"sns:orders": [("sns:orders", "lambda:a")]}, 60))
    (edge,) = topology.service_map().edges()
    assert (edge.caller, edge.callee, edge.source) == ("sns:orders", "lambda:a", "configuration")
    book = DynamoDBSnapshotStore(table_named("quorum-test-inventory"))
    assert book.newest("sns:orders") is None


def test_without_the_table_the_map_is_as_declared_and_the_edges_are_an_error() -> None:
    topology = DynamoDBConfiguredTopology(table_named("quorum-test-inventory"))
    assert topology.service_map() == ServiceMap()
    with pytest.raises(StoreUnavailableError):
        topology.edges()


def test_event_source_mappings_make_their_sources_callers() -> None:
    boto3.client("iam").create_role(RoleName="checkout", AssumeRolePolicyDocument="{}")
    sqs, client = boto3.client("sqs"), boto3.client("lambda")
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("handler.py", "def handler(event, context): return event")
    for name in ("courier", "billing"):
        client.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=ROLE,
            Handler="handler.handler",
            Code={"ZipFile": code.getvalue()},
        )
    for queue, name, enabled in (("parcels", "courier", True), ("invoices", "billing", False)):
        sqs.create_queue(QueueName=queue)
        client.create_event_source_mapping(
            EventSourceArn=f"arn:aws:sqs:us-east-1:{ACCOUNT}:{queue}",
            FunctionName=name,
            Enabled=enabled,
        )
    listed = ListedTopology(row_clients(), ["lambda:courier"], HOME).service_map()
    assert {(edge.caller, edge.callee) for edge in listed.edges()} == {
        ("sqs:parcels", "lambda:courier")
    }


def test_services_that_are_not_watched_are_not_listed() -> None:
    def no_client(name: str) -> Any:
        raise AssertionError(name)

    assert ListedTopology(no_client, ["sqs:*"], HOME).service_map() == ServiceMap()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (STREAM, ["dynamodb:orders"]),
        (f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/clicks/consumer/c:1", ["kinesis:clicks"]),
        (f"arn:aws:sqs:us-east-1:{ACCOUNT}:parcels", ["sqs:parcels"]),
        ("arn:aws:sqs:us-east-1:999999999999:parcels", []),
        (f"arn:aws:sqs:eu-west-1:{ACCOUNT}:parcels", []),
        ("arn:aws:s3:::pictures", ["s3:pictures"]),
        (
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
            f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:checkout:live/invocations",
            ["lambda:checkout"],
        ),
        ("https://example.com/hook", []),
    ],
)
def test_only_resources_of_this_account_and_region_are_named(text: str, found: list[str]) -> None:
    assert list(resources_in({"deep": [text]}, HOME)) == found
