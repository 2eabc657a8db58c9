"""One function, and an inventory of it."""

from quorum.application.inventory import Inventory
from quorum.domain.evidence import Change, Scalar
from tests.builders.candidates import RESOURCE
from tests.builders.incidents import execution
from tests.fakes import (
    FakeClock,
    InMemoryExecutionLedger,
    InMemorySnapshotStore,
    InMemoryStateSource,
)

FUNCTION = RESOURCE


class World:
    """One function, and an inventory of it."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.states = InMemoryStateSource()
        self.book = InMemorySnapshotStore()
        self.ledger = InMemoryExecutionLedger(self.clock)
        self.inventory = Inventory(self.states, self.book, self.ledger, self.clock)
        self.set("4")

    def set(self, version: str) -> None:
        self.states.settings[FUNCTION] = {"alias": "live", "alias_version": version}

    def look(self, after: float = 60) -> tuple[Change, ...]:
        self.clock.advance(after)
        look = self.inventory.observe(FUNCTION, "live")
        assert look is not None
        return look.changes

    def act(self, state: str = "done", written: dict[str, Scalar] | None = None) -> None:
        self.ledger.fence(
            execution(started_at=self.clock().timestamp(), state=state, written=written or {})
        )
