"""The keys that an open incident holds, so that related alarms join it instead of opening another.

Two alarms are related when they share a key: a resource, or an edge of the topology between two
resources. All keys are taken in one order, so that two incidents that race for the same keys cannot
deadlock.
"""

from collections.abc import Iterable

from quorum.domain.evidence import Alarm, Edge


def own_keys(alarms: Iterable[Alarm]) -> tuple[str, ...]:
    """Return the keys of the alarms' resources; an alarm without resources is its own key."""
    return tuple(
        sorted({key for a in alarms for key in (a.resources or (f"alarm:{a.arn}",))}),
    )


def edge_keys(alarm: Alarm, edges: Iterable[Edge]) -> tuple[str, ...]:
    """Return one key per edge of the topology that touches one of the alarm's resources."""
    ends = set(alarm.resources)
    return tuple(sorted({f"edge:{e.caller}|{e.callee}" for e in edges if {*_ends(e)} & ends}))


def _ends(edge: Edge) -> tuple[str, str]:
    return edge.caller, edge.callee
