"""Coverage: for each opted-in alarm what Quorum would see and could do, and what is missing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from itertools import chain
from typing import Final, NamedTuple

from quorum.domain.base import Record, ResourceId
from quorum.domain.catalogue import Situation, candidates
from quorum.domain.changes import derive_changes
from quorum.domain.conventions import log_group
from quorum.domain.evidence import Alarm, Candidate, Edge, ResourceState, Scalar
from quorum.domain.resource_patterns import matches
from quorum.domain.resource_settings import aliases_of
from quorum.domain.scope import scope
from quorum.domain.topology import TAG, ServiceMap, neighbours

_NEEDED: Final = frozenset({"requests", "errors"})
"""Measures by which a recovery is verified, beside the alarm itself."""
_KINDS: Final = frozenset({"lambda", "dynamodb", "sqs", "ssm", "ecs"})
"""Kinds of resources whose settings are read."""
_RELEASED: Final = frozenset({"alias_version", "version", "task_definition"})
"""Settings that a release raises, by their names without an alias's or an index's."""
_LOWERED: Final = frozenset({"reserved_concurrency", "read_units", "write_units"})
"""Settings that can be lowered too far."""


class Transition(Record):
    """A change of an alarm's state."""

    at: float
    """In seconds since 1970."""
    summary: str


class Possible(Record):
    """A verb that could be proposed for a resource."""

    verb: str
    resource: ResourceId


class Covered(Record):
    """An opted-in alarm."""

    alarm: str
    resources: tuple[ResourceId, ...] = ()
    scope: tuple[ResourceId, ...] = ()
    signals: tuple[str, ...] = ()
    logs: tuple[str, ...] = ()
    transitions: tuple[Transition, ...] = ()
    """The newest first."""
    possible: tuple[Possible, ...] = ()
    missing: tuple[str, ...] = ()


class CoverageReport(Record):
    """The coverage of all opted-in alarms at one time."""

    at: float
    """In seconds since 1970."""
    alarms: tuple[Covered, ...] = ()


class Settings(NamedTuple):
    """The deployment's settings that coverage depends on."""

    watch: Sequence[str]
    """Patterns of the resources whose settings may be read."""
    log_groups: Sequence[str]
    """Patterns of the log groups that may be read."""
    service_map_parameter: str


@dataclass(frozen=True, slots=True)
class Known:
    """The map, settings, signals and log groups of the resources in an alarm's scope."""

    service_map: ServiceMap
    edges: tuple[Edge, ...]
    states: Mapping[ResourceId, ResourceState]
    signals: Mapping[ResourceId, tuple[str, ...]]
    """The measures that there are metrics of."""
    groups: frozenset[str] | None = None
    """The log groups that exist; None where they are not listed."""
    unread: frozenset[ResourceId] = frozenset()
    """The resources whose settings could not be read this time."""


def assess(alarm: Alarm, known: Known, settings: Settings, at: datetime) -> Covered:
    """Return the coverage of an alarm without its transitions."""
    within = scope(alarm.resources, known.edges)
    actions = tuple(
        Possible(verb=one.verb, resource=one.resource)
        for resource in within
        if resource in known.states
        for one in possible(known.states[resource], at, (alarm,))
    )
    signals = dict.fromkeys(chain.from_iterable(known.signals.get(r, ()) for r in within))
    groups = (_group(r, known) for r in within)
    return Covered(
        alarm=alarm.name,
        resources=alarm.resources,
        scope=within,
        signals=tuple(signals),
        logs=tuple(g for g in groups if g and (known.groups is None or g in known.groups)),
        possible=actions,
        missing=tuple(_missing(alarm, within, known, settings)),
    )


def _group(resource: ResourceId, known: Known) -> str | None:
    return log_group(resource, known.service_map.service(resource))


def _missing(
    alarm: Alarm, within: Sequence[ResourceId], known: Known, settings: Settings
) -> Iterator[str]:
    parameter = settings.service_map_parameter
    if not alarm.resources:
        yield (
            "a resource, as no dimension of the alarm's metric identifies one: declare its "
            f"namespace in the service map {parameter}"
        )
        return
    if not any(neighbours(known.edges, r) for r in alarm.resources):
        yield f"dependencies: a service map in {parameter}, or the tag {TAG}"
    if not any(set(known.signals.get(r, ())) >= _NEEDED for r in within):
        yield "a metric of requests and errors: declare 'metrics' in the service map"
    for resource in alarm.resources:
        yield from _missing_settings(resource, known, settings)
        yield from _missing_logs(resource, known, settings)


def _missing_settings(resource: ResourceId, known: Known, settings: Settings) -> Iterator[str]:
    state, kind = known.states.get(resource), resource.partition(":")[0]
    if not any(matches(pattern, resource) for pattern in settings.watch):
        yield f"settings of {resource}: add it to 'watch'"
    elif resource in known.unread:
        yield f"settings of {resource}, which could not be read this time"
    elif state is None and kind in _KINDS:
        yield f"{resource}, which does not exist"
    elif kind == "lambda" and state is not None and not aliases_of(state.settings):
        yield f"an alias of {resource}, without which no release is rolled back"


def _missing_logs(resource: ResourceId, known: Known, settings: Settings) -> Iterator[str]:
    group = _group(resource, known)
    if group is None and resource.partition(":")[0] in {"ecs", "rds"}:
        yield f"a log group of {resource}: declare 'log_group' in the service map"
    elif group is not None and known.groups is not None and group not in known.groups:
        yield f"log group {group}, which does not exist"
    elif group is not None and not any(fnmatchcase(group, one) for one in settings.log_groups):
        yield f"permission to read log group {group}: add it to 'log_groups'"


def possible(
    state: ResourceState, at: datetime, alarms: tuple[Alarm, ...] = ()
) -> tuple[Candidate, ...]:
    """Return the candidates after a change of the resource's settings, as the catalogue lists them.

    The change is assumed: a release of the present version, the present number lowered from one
    more; of a queue, a dead letter. One candidate per verb is returned.
    """
    settings = dict(state.settings)
    if settings.get("dlq"):
        settings["dead_letters"] = 1
    before = {name: _before(name.rpartition("/")[2], now) for name, now in settings.items()}
    moment = at.timestamp()
    changes = derive_changes(state.resource, before, settings, seen=moment, now=moment)
    changed = ResourceState(resource=state.resource, settings=settings)
    found = candidates(Situation((changed,), changes, alarms))
    return tuple({one.verb: one for one in found}.values())


def _before(setting: str, now: Scalar) -> Scalar:
    """Return the assumed value before the change; the same one where none is assumed."""
    if setting in _LOWERED and isinstance(now, int):
        return now + 1
    if setting not in _RELEASED:
        return now
    if isinstance(now, int):
        return now - 1
    head = str(now).rstrip("0123456789")
    number = str(now)[len(head) :]
    return f"{head}{int(number) - 1}" if number else now
