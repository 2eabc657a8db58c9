"""Derivation of changes from two snapshots of a resource. Pure: same input, same changes."""

from collections.abc import Iterator, Mapping
from math import ceil, floor
from typing import Final

from quorum.domain.base import ResourceId
from quorum.domain.canonical import digest
from quorum.domain.evidence import Change, ChangeKind, Scalar
from quorum.domain.resource_settings import alias_of_key, is_index_units
from quorum.services.rows import KINDS

Settings = Mapping[str, Scalar]

CHANGED_AT: Final = "changed_at"
"""Setting: the time of the last change as the service reports it, in seconds since 1970."""

_WATCHED: Final[dict[str, tuple[tuple[str, ChangeKind], ...]]] = {
    # kind of resource: the settings that people change, and the kind of such a change
    "lambda": (
        ("alias_version", "alias"),
        ("alias_weights", "alias"),
        ("reserved_concurrency", "concurrency"),
    ),
    "ssm": (("version", "parameter"),),
    "ecs": (("task_definition", "task_definition"),),
    "dynamodb": (("billing", "table"), ("read_units", "table"), ("write_units", "table")),
}
_UNSET_MEANS_SOMETHING: Final = frozenset({"alias_weights", "reserved_concurrency"})
_DATED: Final = frozenset({"ssm"})
"""Kinds whose CHANGED_AT is the time of the one watched setting, and of no other one."""
_CLOCK_SKEW_SECONDS: Final = 5


def is_watched(resource: ResourceId) -> bool:
    """Return whether changes of this resource's settings are detected."""
    return bool(watched_settings(resource.partition(":")[0]))


def watched_settings(kind: str) -> tuple[str, ...]:
    """Return the settings whose change counts as a change of a resource of the kind."""
    return (*(name for name, _ in _WATCHED.get(kind, ())), *_described(kind))


def derive_changes(
    resource: ResourceId, before: Settings, after: Settings, *, seen: float, now: float
) -> tuple[Change, ...]:
    """Return the changes between two snapshots of the resource, taken at `seen` and at `now`.

    A change lies between the two times, or at the service's own time where it reports one. Its id
    depends on the change and on `seen`, so two observers of the same change agree on it.
    """
    kind, _, name = resource.partition(":")
    return tuple(
        Change(
            id=_id(resource, setting, (before.get(key), after.get(key)), seen),
            resource=resource,
            kind=change_kind,
            setting=setting,
            not_before=not_before,
            at=at,
            before=before.get(key),
            after=after.get(key),
        )
        for key, change_kind in _changed(kind, before, after)
        for setting in (_setting(key, name, after),)
        for not_before, at in (_between(kind, after, seen, now),)
    )


def _changed(kind: str, before: Settings, after: Settings) -> Iterator[tuple[str, ChangeKind]]:
    if before.get("alias") != after.get("alias"):
        return  # another alias was read, no alias was moved
    watched = (*_WATCHED.get(kind, ()), *_watched_parts(kind, after), *_of_row(kind, after))
    for key, change_kind in watched:
        values = (before.get(key), after.get(key))
        if values[0] != values[1] and (None not in values or key in _UNSET_MEANS_SOMETHING):
            yield key, change_kind


def _watched_parts(kind: str, settings: Settings) -> Iterator[tuple[str, ChangeKind]]:
    """Yield the settings of which there is one per alias or per index."""
    for key in sorted(settings):
        if kind == "lambda" and alias_of_key(key):
            yield key, "alias"
        elif kind == "dynamodb" and is_index_units(key):
            yield key, "table"


def _of_row(kind: str, settings: Settings) -> Iterator[tuple[str, ChangeKind]]:
    """Yield the settings that the kind's row names, also those of parts: `stage/prod/canary`."""
    names = _described(kind)
    for key in sorted(settings):
        if key.rpartition("/")[2] in names:
            yield key, "configuration"


def _described(kind: str) -> tuple[str, ...]:
    row = KINDS.get(kind)
    return row.settings if row else ()


def _setting(key: str, name: str, settings: Settings) -> str:
    match key:
        case "alias_version":
            return str(settings.get("alias"))
        case "alias_weights":  # not the alias's own name: a weight is not rolled back to a version
            return f"{settings.get('alias')} weights"
        case "version":
            return name
        case _:
            return alias_of_key(key) or key


def _between(kind: str, after: Settings, seen: float, now: float) -> tuple[int, int]:
    reported = after.get(CHANGED_AT)
    if kind in _DATED and isinstance(reported, int):
        skew = _CLOCK_SKEW_SECONDS
        if seen - skew <= reported <= now + skew:
            return reported, reported
    return floor(seen), ceil(now)


def _id(resource: ResourceId, setting: str, values: tuple[Scalar, Scalar], seen: float) -> str:
    return "change:" + digest([resource, setting, *values, floor(seen)])[:12]
