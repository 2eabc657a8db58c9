"""Dependencies that were traced: X-Ray's and Application Signals' answers become a map."""

from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber

from quorum.adapters.topology.application_signals_topology import ApplicationSignalsTopology
from quorum.adapters.topology.configured_traces import configured_traces
from quorum.adapters.topology.xray_topology import XRayTopology
from quorum.domain.errors import SourceUnavailableError
from tests.fakes import START, FakeClock


def node(reference: int, type_: str, name: str, *edges: int) -> dict[str, Any]:
    return {
        "ReferenceId": reference,
        "Type": type_,
        "Name": name,
        "Edges": [{"ReferenceId": other} for other in edges],
    }


def test_x_rays_graph_becomes_a_map_of_supported_resources() -> None:
    client = boto3.client("xray")
    first = [
        node(0, "client", "front", 1),
        node(1, "AWS::Lambda", "front", 2),
        node(2, "AWS::Lambda::Function", "front", 3, 4, 5, 7, 99),
        node(3, "AWS::Lambda", "back", 4),
    ]
    second = [
        node(4, "AWS::DynamoDB::Table", "goods"),
        node(5, "AWS::SQS::Queue", "https://sqs.us-east-1.amazonaws.com/123456789012/parcels"),
        node(6, "AWS::DynamoDB", "DynamoDB"),
        node(7, "remote", "api.example.com"),
        node(8, "AWS::SQS::Queue", "a name with blanks"),
    ]
    with Stubber(client) as stubber:
        stubber.add_response("get_service_graph", {"Services": first, "NextToken": "more"})
        stubber.add_response("get_service_graph", {"Services": second})
        found = XRayTopology(client, FakeClock()).service_map()
        stubber.assert_no_pending_responses()
    assert {(e.caller, e.callee) for e in found.edges()} == {
        ("lambda:front", "lambda:back"),
        ("lambda:front", "dynamodb:goods"),
        ("lambda:front", "sqs:parcels"),
        ("lambda:back", "dynamodb:goods"),
    }


def test_x_ray_is_asked_for_the_last_hour() -> None:
    client = boto3.client("xray")
    asked: list[Any] = []
    client.meta.events.register(
        "provide-client-params.xray.GetServiceGraph", lambda params, **_: asked.append(params)
    )
    with Stubber(client) as stubber:
        stubber.add_response("get_service_graph", {"Services": []})
        XRayTopology(client, FakeClock()).service_map()
    assert (asked[0]["EndTime"], (asked[0]["EndTime"] - asked[0]["StartTime"]).seconds) == (
        START,
        3600,
    )


def function(name: str) -> dict[str, str]:
    return {"Type": "Service", "Name": name, "Environment": "lambda:default"}


def depends(key: dict[str, str]) -> dict[str, Any]:
    return {
        "OperationName": "handler",
        "DependencyOperationName": "call",
        "DependencyKeyAttributes": key,
        "MetricReferences": [],
    }


def test_application_signals_answers_become_a_map_of_supported_resources() -> None:
    client = boto3.client("application-signals")
    services = [
        function("front"),
        {"Type": "Service", "Name": "web", "Environment": "ecs:shop"},
        function("back"),
    ]
    table = {"Type": "AWS::Resource", "ResourceType": "AWS::DynamoDB::Table", "Identifier": "goods"}
    bucket = {"Type": "AWS::Resource", "ResourceType": "AWS::S3::Bucket", "Identifier": "b"}
    between = {"StartTime": START, "EndTime": START}
    with Stubber(client) as stubber:
        summaries = [{"KeyAttributes": key, "MetricReferences": []} for key in services]
        stubber.add_response("list_services", {**between, "ServiceSummaries": summaries})
        of_front = [depends(function("back")), depends(function("front")), depends(bucket)]
        for found in (of_front, [depends(table)]):
            answer = {**between, "ServiceDependencies": found}
            stubber.add_response("list_service_dependencies", answer)
        found = ApplicationSignalsTopology(client, FakeClock()).service_map()  # type: ignore[assignment]
        stubber.assert_no_pending_responses()
    assert {(e.caller, e.callee) for e in found.edges()} == {  # type: ignore[attr-defined]
        ("lambda:front", "lambda:back"),
        ("lambda:back", "dynamodb:goods"),
    }


@pytest.mark.parametrize("service", ["xray", "application-signals"])
def test_a_source_that_denies_is_unavailable(service: str) -> None:
    operation = {"xray": "get_service_graph", "application-signals": "list_services"}[service]
    client = boto3.client(service)  # type: ignore[call-overload]
    adapter = XRayTopology if service == "xray" else ApplicationSignalsTopology
    with Stubber(client) as stubber:
        stubber.add_client_error(operation, "AccessDeniedException")
        with pytest.raises(SourceUnavailableError, match="AccessDenied"):
            adapter(client, FakeClock()).service_map()


def test_the_configuration_names_the_source() -> None:
    clock = FakeClock()
    assert configured_traces("", Config(), clock) is None
    assert isinstance(configured_traces("xray", Config(), clock), XRayTopology)
    signals = configured_traces("application-signals", Config(), clock)
    assert isinstance(signals, ApplicationSignalsTopology)
