"""Spread of failing requests over callers, where log lines name the caller.

The results are counts and the name of the field, never a caller's name.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from functions.evidence.log_lines import MOST_CHARACTERS, read_event
from quorum.domain.base import ResourceId
from quorum.domain.evidence import Spread
from quorum.ports.telemetry import LogLine

CALLERS: Final = (
    "account_id",
    "api_key_id",
    "caller",
    "caller_id",
    "client",
    "client_id",
    "client_ip",
    "customer",
    "customer_id",
    "ip",
    "remote_addr",
    "source_ip",
    "sub",
    "tenant",
    "tenant_id",
    "user",
    "user_id",
)
"""Fields of JSON lines with the caller, in any spelling: `clientId`, `client_id`, `client.id`."""
MOST_FIELDS: Final = 4
_STATUS: Final = ("status", "statusCode", "status_code")
_NOBODY: Final = frozenset({"", "-", "None", "null", "unknown", "anonymous"})
_SERVER_ERRORS: Final = range(500, 600)
_KNOWN: Final = {name.replace("_", ""): name for name in CALLERS}


class _Counted(NamedTuple):
    """Lines by caller: before the onset, and since, failing or not."""

    before: Counter[str]
    failing: Counter[str]
    served: Counter[str]


def spread(resource: ResourceId, lines: Sequence[LogLine], onset: int) -> tuple[Spread, ...]:
    """Return the spread of failing requests per field that names callers, the busiest few fields.

    Empty when no line names one: that says nothing.
    """
    counted: dict[str, _Counted] = {}
    for line in lines:
        for field, caller in _callers(fields := _fields(line.message)).items():
            count = counted.setdefault(field, _Counted(Counter(), Counter(), Counter()))
            if line.at < onset:
                count.before[caller] += 1
            elif _failing(fields, line.message):
                count.failing[caller] += 1
            else:
                count.served[caller] += 1
    found = [_spread(resource, field, count) for field, count in counted.items() if count.failing]
    return tuple(sorted(found, key=lambda s: (-s.failing, s.field))[:MOST_FIELDS])


def _spread(resource: ResourceId, field: str, count: _Counted) -> Spread:
    caller, most = min(count.failing.items(), key=lambda item: (-item[1], item[0]))
    return Spread(
        resource=resource,
        field=field,
        failing=count.failing.total(),
        most=most,
        callers_before=len(count.before),
        before=count.before.total(),
        most_before=count.before[caller],
        strangers=_strangers(count.failing, count.before),
        served=count.served.total(),
        strangers_served=_strangers(count.served, count.before),
    )


def _strangers(lines: Counter[str], known: Counter[str]) -> int:
    return sum(many for caller, many in lines.items() if caller not in known)


def _fields(message: str) -> Mapping[str, Any]:
    line = message[:MOST_CHARACTERS].strip()
    if not line.startswith("{"):
        return {}
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _callers(fields: Mapping[str, Any]) -> dict[str, str]:
    named = ((_KNOWN.get(_plain(name)), value) for name, value in fields.items())
    return {
        name: str(value)
        for name, value in named
        if name and isinstance(value, str | int) and str(value) not in _NOBODY
    }


def _plain(name: str) -> str:
    return name.replace("_", "").replace(".", "").lower()


def _failing(fields: Mapping[str, Any], message: str) -> bool:
    statuses = [str(fields[name]) for name in _STATUS if name in fields]
    if any(t.isascii() and t.isdigit() and int(t[:9]) in _SERVER_ERRORS for t in statuses):
        return True
    found = read_event(message)
    return found is not None and found.level == "error"
