"""The keys that an open incident holds, so that related alarms join it instead of opening another.

Two alarms are related when they share a key: a resource, or an edge of the topology between two
resources. All keys are taken in one order, so that two incidents that race for the same keys cannot
deadlock.
"""

from collections.abc import Iterable

from quorum.domain.evidence import Alarm, Edge


def own_keys(alarms: Iterable[Alarm]) -> tuple[str, ...]:
    """Return the keys of the alarms' resources.

    An alarm without resources is its own key, and one of metric math has a key besides: the alarm
    and each of its series may change, with different resources.
    """
    return tuple(sorted({key for alarm in alarms for key in _own_keys(alarm)}))


def _own_keys(alarm: Alarm) -> tuple[str, ...]:
    itself = f"alarm:{alarm.arn}"
    return (*alarm.resources, itself) if alarm.queries or not alarm.resources else alarm.resources


def edge_keys(alarm: Alarm, edges: Iterable[Edge]) -> tuple[str, ...]:
    """Return one key per edge of the topology that touches one of the alarm's resources."""
    ends = set(alarm.resources)
    return tuple(sorted({f"edge:{e.caller}|{e.callee}" for e in edges if {*_ends(e)} & ends}))


def _ends(edge: Edge) -> tuple[str, str]:
    return edge.caller, edge.callee
