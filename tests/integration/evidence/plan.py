"""The parts of the shop in moto, and the alarm that fired."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from quorum.domain.events import IncidentOpened
from tests.builders import events
from tests.builders.alarms import error_alarm
from tests.integration.handlers import NO_TEXTS

MAP: Final = "/quorum/service-map"
BUCKET: Final = "quorum-test-evidence"
ENVIRONMENT: Final = {
    "EVENTS_TABLE": "quorum-test-events",
    "EVIDENCE_BUCKET": BUCKET,
    "OPENINGS_TABLE": "quorum-test-openings",
    "INVENTORY_TABLE": "quorum-test-inventory",
    "EXECUTIONS_TABLE": "quorum-test-executions",
    "OPERATIONS_TABLE": "quorum-test-operations",
    "SERVICE_MAP_PARAMETER": MAP,
    "ACCOUNT": "123456789012",
    "REGION": "eu-west-1",
    "ALARM_PREFIXES": '["shop-"]',
    "ALARM_TAGS": "{}",
    "STAGE": "dev",
    "OWN_PREFIX": "quorum-",
    "LOG_GROUPS": '["/aws/lambda/*"]',
    "PARTITION": "aws",
    "MEMORY_TABLE": "quorum-test-memory",
    **NO_TEXTS,
}


def service(name: str, *depends_on: str) -> dict[str, Any]:
    """Return the service's entry in the map."""
    return {
        "resource": f"lambda:{name}",
        "alias": "live",
        "depends_on": depends_on,
        "metrics": {
            "namespace": f"Shop/{name}",
            "version_namespace": f"Shop/{name}/{{version}}",
        },
        "log_group": f"/aws/lambda/{name}",
    }


def code(answer: str) -> bytes:
    """Return the archive of a handler that answers so."""
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        archive.writestr("handler.py", f"def handler(event, context): return {answer}")
    return found.getvalue()


def opened(fault: int) -> IncidentOpened:
    """Return the first event: the front's error alarm fired a minute after the fault."""
    fired_at = datetime.fromtimestamp(fault, UTC) + timedelta(seconds=60)
    fired = error_alarm("front", region="us-east-1", fired_at=fired_at, period_seconds=60)
    return events.opened(occurred_at=fired_at, alarm=fired)
