"""Actors of changes, from CloudTrail's answers."""

import json
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from quorum.adapters.telemetry.cloudtrail_audit_trail import CALLS, CloudTrailAuditTrail
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.evidence import Change
from quorum.ports.telemetry import AuditEntry
from tests.builders.evidence import deployed

MOVED = deployed("lambda:checkout", -60, width=60)
ANNA = "arn:aws:sts::123456789012:assumed-role/deploy/anna"


def event(request: dict[str, Any], at: int = MOVED.at, **fields: Any) -> dict[str, Any]:
    """Return one event of LookupEvents."""
    record = {"userIdentity": {"arn": ANNA}, "requestParameters": request, **fields}
    return {
        "EventTime": datetime.fromtimestamp(at, UTC),
        "Username": "anna",
        "CloudTrailEvent": json.dumps(record),
    }


def who(change_: Change, *pages: list[dict[str, Any]]) -> AuditEntry | None:
    """Read the trail with these pages for the change's first call; others have no events."""
    client = boto3.client("cloudtrail")
    with Stubber(client) as stubber:
        for n, events in enumerate(pages, start=1):
            more = {"NextToken": "next"} if n < len(pages) else {}
            stubber.add_response("lookup_events", {"Events": events, **more})
        for _ in CALLS[change_.kind][1:]:
            stubber.add_response("lookup_events", {"Events": []})
        return CloudTrailAuditTrail(client).author_of(change_)


def of(kind: str, resource: str) -> Change:
    """Return a change of that kind."""
    return MOVED.model_copy(update={"kind": kind, "resource": resource})


@pytest.mark.parametrize(
    ("changed", "request_"),
    [
        (MOVED, {"functionName": "checkout", "name": "live"}),
        (MOVED, {"functionName": "arn:aws:lambda:us-east-1:1:function:checkout", "name": "live"}),
        (of("parameter", "ssm:/shop/prices"), {"name": "/shop/prices"}),
        (of("concurrency", "lambda:checkout"), {"functionName": "checkout"}),
        (of("table", "dynamodb:orders"), {"tableName": "orders"}),
        (of("task_definition", "ecs:shop/web"), {"cluster": "shop", "service": "web"}),
        (
            of("task_definition", "ecs:shop/web"),
            {"cluster": "arn:aws:ecs:us-east-1:1:cluster/shop", "service": "web"},
        ),
    ],
)
def test_the_caller_who_made_the_change_is_named(changed: Change, request_: dict[str, Any]) -> None:
    assert who(changed, [event(request_)]) == AuditEntry(MOVED.at, ANNA)


@pytest.mark.parametrize(
    "other",
    [
        event({"functionName": "cart", "name": "live"}),
        event({"functionName": "checkout", "name": "beta"}),
        event({"functionName": "checkout", "name": "live"}, errorCode="AccessDenied"),
        event({}),
    ],
)
def test_calls_on_other_resources_and_failed_calls_are_ignored(other: dict[str, Any]) -> None:
    assert who(MOVED, [other]) is None


def test_of_several_calls_the_newest_is_taken_from_all_pages() -> None:
    request = {"functionName": "checkout", "name": "live"}
    pages = [[event(request, MOVED.at - 30)], [event(request, MOVED.at - 5)]]
    assert who(MOVED, *pages) == AuditEntry(MOVED.at - 5, ANNA)


def test_an_event_without_a_record_falls_back_to_the_user_name() -> None:
    assert who(MOVED, [{"EventTime": datetime.now(UTC), "Username": "anna"}]) is None
    record = {"requestParameters": {"functionName": "checkout", "name": "live"}}
    bare = {"EventTime": datetime.fromtimestamp(MOVED.at, UTC), "Username": "anna"}
    found = who(MOVED, [{**bare, "CloudTrailEvent": json.dumps(record)}])
    assert found == AuditEntry(MOVED.at, "anna")


def test_each_page_has_a_turn_and_without_one_that_is_an_error() -> None:
    client, turns = boto3.client("cloudtrail"), iter([True, True, False])
    trail = CloudTrailAuditTrail(client, lambda _: next(turns))
    with Stubber(client) as stubber:
        stubber.add_response("lookup_events", {"Events": [], "NextToken": "next"})
        stubber.add_response("lookup_events", {"Events": []})
        assert trail.author_of(MOVED) is None
        with pytest.raises(SourceUnavailableError, match="limit of requests"):
            trail.author_of(MOVED)


def test_refused_call_is_an_error_and_not_an_empty_trail() -> None:
    client = boto3.client("cloudtrail")
    with Stubber(client) as stubber:
        stubber.add_client_error("lookup_events", "AccessDeniedException")
        with pytest.raises(SourceUnavailableError, match="AccessDenied"):
            CloudTrailAuditTrail(client).author_of(MOVED)
