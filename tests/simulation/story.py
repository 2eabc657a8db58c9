"""A world with what its operators did, and the bundle that evidence would freeze of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, NamedTuple

from quorum.domain.catalogue import Situation, candidates
from quorum.domain.evidence import (
    Bundle,
    Change,
    ChangeKind,
    Edge,
    ResourceState,
    Scalar,
    Source,
    SourceName,
)
from tests.simulation import logs, observed
from tests.simulation.observed import PARAMETER, QUEUE, TABLE
from tests.simulation.worlds import World, run

INCIDENT: Final = "0123456789abcdef0123456789abcdef"
SOURCES: Final[tuple[SourceName, ...]] = ("metrics", "logs", "changes", "topology", "state")


class Edit(NamedTuple):
    """An operator's change, and its exact time."""

    id: str
    resource: str
    kind: ChangeKind
    setting: str
    at: float
    before: Scalar
    after: Scalar


@dataclass
class Story:
    """A world, what its operators did, and which candidates (if any) would help."""

    world: World
    parameter_at: float | None = None
    concurrency: dict[int, tuple[int, int, float | None]] = field(default_factory=dict)
    """Place → (before, now, when it was lowered; None: it always was so)."""
    cures: tuple[tuple[str, str], ...] = ()
    """(verb, resource) of the candidates that would help, each alone."""
    logs: bool = True

    def __post_init__(self) -> None:
        """Draw when the inventory looks."""
        self.phase = self.world.rng.randrange(self.world.timing.inventory)

    def bundle(self) -> Bundle:
        """Run the world and freeze what was seen."""
        world = self.world
        seen = run(world)
        changes, states = tuple(map(self._change, self._edits())), tuple(self._states())
        fired = observed.breaching(world, seen) or [world.rng.randrange(3)]
        return Bundle(
            incident_id=INCIDENT,
            round=1,
            taken_at=datetime.fromtimestamp(world.end, UTC),
            alarms=tuple(observed.alarm(world, place) for place in fired),
            onset=observed.onset(world, seen, fired[0]),
            series=tuple(observed.series(world, seen, fired[0])),
            templates=tuple(logs.templates(world, seen)) if self.logs else (),
            changes=changes,
            edges=tuple(self._edges()),
            states=states,
            sources=tuple(Source(name=n, status="ok", age_seconds=1) for n in SOURCES),
            candidates=candidates(Situation(states, changes)),
            objectives={observed.resource(world, place): 0.99 for place in range(3)},
        )

    def resource(self, place: int) -> str:
        """Return the resource at that place of the chain; 3 is the table."""
        return observed.resource(self.world, place)

    def _edges(self) -> Iterator[Edge]:
        for place in range(3):
            yield Edge(caller=self.resource(place), callee=self.resource(place + 1))
        yield Edge(caller=self.resource(self.world.reader), callee=PARAMETER)
        yield Edge(caller=self.resource(1), callee=QUEUE)

    def _edits(self) -> Iterator[Edit]:
        for n, switch in enumerate(sorted(self.world.switches, key=lambda s: s.at)):
            old, where = self.world.first_version[switch.place], self.resource(switch.place)
            yield Edit(f"change-{n}", where, "alias", "live", switch.at, str(old), str(old + 1))
        if self.parameter_at is not None:
            name = PARAMETER.partition(":")[2]
            yield Edit("change-parameter", PARAMETER, "parameter", name, self.parameter_at, 3, 4)
        for place, (before, now, at) in sorted(self.concurrency.items()):
            if at is not None:
                where, what = self.resource(place), "reserved_concurrency"
                yield Edit(f"change-{place}-units", where, "concurrency", what, at, before, now)

    def _change(self, edit: Edit) -> Change:
        """Date the edit: by SSM's own time, else by the snapshots before and after it."""
        every, end = self.world.timing.inventory, self.world.end
        before = int(edit.at - self.phase) // every * every + self.phase
        exact = edit.kind == "parameter"
        return Change(
            id=edit.id,
            resource=edit.resource,
            kind=edit.kind,
            setting=edit.setting,
            not_before=int(edit.at if exact else before),
            at=int(edit.at if exact else min(before + every, end)),
            before=edit.before,
            after=edit.after,
        )

    def _states(self) -> Iterator[ResourceState]:
        for place in range(3):
            newer = sum(s.place == place for s in self.world.switches)
            settings: dict[str, Scalar] = {
                "alias": "live",
                "alias_version": str(self.world.first_version[place] + newer),
                "alias_revision": "r",
            }
            if place in self.concurrency:
                settings["reserved_concurrency"] = self.concurrency[place][1]
            yield ResourceState(resource=self.resource(place), settings=settings)
        yield ResourceState(
            resource=TABLE,
            settings={"billing": "PROVISIONED", "read_units": 20, "write_units": 10},
        )
        version = 4 if self.parameter_at is not None else 3
        yield ResourceState(resource=PARAMETER, settings={"version": version})
        yield ResourceState(resource=QUEUE, settings={"dead_letters": 0, "dlq": "dead"})
