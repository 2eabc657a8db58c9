"""Log templates of a resource, counted before and after the onset."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from functions.evidence.drain import Cluster, Drain
from functions.evidence.joined_lines import join_lines
from functions.evidence.log_lines import Level, LogEvent, read_event, version_of
from functions.evidence.stack_frames import Location
from quorum.domain.base import OutsiderText, ResourceId
from quorum.domain.canonical import digest
from quorum.domain.evidence import LogTemplate
from quorum.ports.telemetry import LogLine

Key = tuple[str, Level, str | None]
"""Template, level, version."""

MOST_TEMPLATES: Final = 20
_SEVERITY: Final = {"error": 0, "warning": 1, "info": 2}


@dataclass(slots=True)
class _Count:
    first_seen: int
    before: int = 0
    after: int = 0
    location: Location | None = None
    """The newest one: its line moves with each release."""

    def add(self, at: float, onset: int, location: Location | None = None) -> None:
        """Count one event. Events are added oldest first."""
        self.first_seen = min(self.first_seen, int(at))
        self.location = location
        if at < onset:
            self.before += 1
        else:
            self.after += 1

    def plus(self, other: "_Count") -> "_Count":
        """Return both counts together."""
        return _Count(
            min(self.first_seen, other.first_seen),
            self.before + other.before,
            self.after + other.after,
            self.location,
        )


def mine_templates(
    resource: ResourceId, lines: Sequence[LogLine], onset: int, most: int = MOST_TEMPLATES
) -> tuple[LogTemplate, ...]:
    """Return the resource's templates per version: the worst and the newest, at most so many.

    The order in which lines arrive matters only for those of one stream and time, which may be
    parts of a stack trace. A trace counts once.
    """
    tree = Drain()
    counts: dict[tuple[Cluster, str | None], _Count] = {}
    for line in join_lines(lines):
        said = read_event(line.message)
        if said is not None:
            placed = (_cluster(tree, said), version_of(line.stream))
            count = counts.setdefault(placed, _Count(int(line.at)))
            count.add(line.at, onset, said.location)
    found = [_template(resource, key, count) for key, count in _merged(counts).items()]
    return tuple(sorted(found, key=_rank)[:most])


def _cluster(tree: Drain, said: LogEvent) -> Cluster:
    return tree.add(said.level, said.text, said.location.place if said.location else "")


def _merged(counts: Mapping[tuple[Cluster, str | None], _Count]) -> dict[Key, _Count]:
    """Return the counts by template: only now, as a cluster's changes while lines join it."""
    found: dict[Key, _Count] = {}
    for (cluster, version), count in counts.items():
        text = f"{cluster.template} at {count.location}" if cluster.place else cluster.template
        key = (OutsiderText.of(text).outsider, cluster.level, version)
        found[key] = found[key].plus(count) if key in found else count
    return found


def _template(resource: ResourceId, key: Key, count: _Count) -> LogTemplate:
    text, level, version = key
    return LogTemplate(
        id="log:" + digest([resource, *key])[:12],
        resource=resource,
        template=OutsiderText(outsider=text),
        level=level,
        before=count.before,
        after=count.after,
        first_seen=count.first_seen,
        version=version,
    )


def _rank(template: LogTemplate) -> tuple[int, int, str]:
    """Order by level, then by growth since the onset."""
    return (_SEVERITY[template.level], template.before - template.after, template.id)
