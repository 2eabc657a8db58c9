"""Names of settings that one resource has several of: those of its aliases and of its indexes.

Settings are flat, so that two snapshots compare: `index/by-customer/read_units`.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from quorum.domain.evidence import Scalar

Settings = Mapping[str, Scalar]

ALIAS_VERSION: Final = "alias_version"
ALIAS_REVISION: Final = "alias_revision"
_INDEX: Final = "index"
_OF_SEVERAL: Final = "of"


def index_setting(index: str | None, name: str) -> str:
    """Return the name of a setting of the table's index; of the table itself without one."""
    return f"{_INDEX}/{index}/{name}" if index else name


def indexes_of(settings: Settings) -> tuple[str, ...]:
    """Return the names of the table's indexes, in order."""
    return _middles(settings, _INDEX)


def alias_setting(settings: Settings, alias: str, name: str) -> str:
    """Return the name of the alias's setting: `name` itself where only one alias was read."""
    return name if "alias" in settings else several_setting(alias, name)


def several_setting(alias: str, name: str) -> str:
    """Return the name of a setting of one of a function's several aliases."""
    return f"{_OF_SEVERAL}/{alias}/{name}"


def aliases_of(settings: Settings) -> tuple[str, ...]:
    """Return the aliases whose settings were read: the one in question, or else all."""
    if "alias" in settings:
        return (str(settings["alias"]),)
    return _middles(settings, _OF_SEVERAL)


def middle(key: str, first: str, last: str) -> str | None:
    """Return NAME of a key `first/NAME/last`, or None for another key."""
    start, end = f"{first}/", f"/{last}"
    if key.startswith(start) and key.endswith(end) and len(key) > len(start) + len(end):
        return key[len(start) : -len(end)]
    return None


def alias_of_key(key: str) -> str | None:
    """Return the alias of the key of a version of one of several aliases, or None."""
    return middle(key, _OF_SEVERAL, ALIAS_VERSION)


def is_index_units(key: str) -> bool:
    """Return whether the key is that of an index's units."""
    return any(middle(key, _INDEX, name) for name in ("read_units", "write_units"))


def _middles(settings: Settings, first: str) -> tuple[str, ...]:
    parts = (key.split("/") for key in sorted(settings))
    return tuple(dict.fromkeys(p[1] for p in parts if len(p) == 3 and p[0] == first))  # noqa: PLR2004


CALLS: Final = "calls"
"""The resources that a resource's configuration sends requests to, with commas."""
CALLED_BY: Final = "called_by"
MOST_NAMED: Final = 50


def joined(setting: str, resources: Iterable[str]) -> dict[str, Scalar]:
    """Return the setting with these resources, at most MOST_NAMED; none without any."""
    named = sorted(set(resources))[:MOST_NAMED]
    return {setting: ",".join(named)} if named else {}


def named_in(settings: Settings, setting: str) -> tuple[str, ...]:
    """Return the resources that the setting names."""
    return tuple(one for one in str(settings.get(setting) or "").split(",") if one)
