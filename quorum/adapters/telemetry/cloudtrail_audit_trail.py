"""Authors of changes, from CloudTrail's event history, which lags by minutes and is slow."""

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from quorum.adapters.telemetry.limited_pages import limited_pages
from quorum.domain.evidence import Change, ChangeKind
from quorum.ports.telemetry import AuditEntry, Turn

if TYPE_CHECKING:
    from mypy_boto3_cloudtrail.client import CloudTrailClient

CALLS: Final[dict[ChangeKind, tuple[str, ...]]] = {
    "alias": ("UpdateAlias20150331",),
    "parameter": ("PutParameter",),
    "concurrency": ("PutFunctionConcurrency20171031", "DeleteFunctionConcurrency20171031"),
    "task_definition": ("UpdateService",),
    "table": ("UpdateTable",),
}
_NAMED_BY: Final[dict[ChangeKind, tuple[str, ...]]] = {
    "alias": ("functionName",),
    "parameter": ("name",),
    "concurrency": ("functionName",),
    "task_definition": ("cluster", "service"),
    "table": ("tableName",),
}
"""Parameters of the call that together form the resource's name."""


class CloudTrailAuditTrail:
    """An `AuditTrail` over LookupEvents, which allows two calls a second."""

    def __init__(self, client: "CloudTrailClient", turn: Turn | None = None) -> None:
        self._client, self._turn = client, turn

    def author_of(self, change: Change) -> AuditEntry | None:
        """Return the newest successful call that changed this resource in the change's window."""
        entries = [
            AuditEntry(event["EventTime"].timestamp(), _actor(event))
            for call in CALLS.get(change.kind, ())
            for event in self._events(call, change)
            if _is_about(event, change)
        ]
        return max(entries, default=None)

    def _events(self, call: str, change: Change) -> list[Any]:
        pages = limited_pages(
            self._client,
            "lookup_events",
            "audit trail",
            self._turn,
            LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": call}],
            StartTime=datetime.fromtimestamp(change.not_before, UTC),
            EndTime=datetime.fromtimestamp(change.at + 1, UTC),
        )
        return [event for page in pages for event in page["Events"]]


def _is_about(event: Any, change: Change) -> bool:
    record = json.loads(event.get("CloudTrailEvent") or "{}")
    request = record.get("requestParameters") or {}
    name = "/".join(_short(str(request.get(field))) for field in _NAMED_BY[change.kind])
    if record.get("errorCode") or name != change.resource.partition(":")[2]:
        return False
    return change.kind != "alias" or request.get("name") == change.setting


def _short(name: str) -> str:
    return re.split("[:/]", name)[-1] if name.startswith("arn:") else name


def _actor(event: Any) -> str:
    identity = json.loads(event.get("CloudTrailEvent") or "{}").get("userIdentity") or {}
    return str(identity.get("arn") or event.get("Username") or "unknown")
