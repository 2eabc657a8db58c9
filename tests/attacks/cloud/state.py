"""Everything that changes while Quorum runs, and that a copy brings back."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from tests.attacks.cloud.dynamodb import Tables


class Counted(NamedTuple):
    """A metric that a function counted."""

    function: str
    name: str
    value: float


class Done(NamedTuple):
    """An effect, as the executor asked the actuator for it."""

    what: str
    incident: str
    verb: str
    action: str
    settings: tuple[tuple[str, Any], ...]

    def words(self) -> str:
        """Return it for people."""
        return f"{self.what} {self.verb} of {self.incident[:6]}: {dict(self.settings)}"


@dataclass(frozen=True)
class Execution:
    """One run of the state machine: its current state and its data."""

    incident: str
    place: str | None
    """The state that is next; None when it is over."""
    data: dict[str, Any]
    status: str = "RUNNING"
    token: str | None = None
    """The task token that an answer has to carry."""
    answer: str | None = None
    passed: tuple[str, ...] = ()


@dataclass
class State:
    """The account. What is in the containers is never changed in place."""

    now: datetime
    tables: Tables
    objects: dict[tuple[str, str], bytes] = field(default_factory=dict)
    queues: dict[str, tuple[str, ...]] = field(default_factory=dict)
    executions: dict[str, Execution] = field(default_factory=dict)
    alarms: dict[str, dict[str, Any]] = field(default_factory=dict)
    world: dict[str, Any] = field(default_factory=dict)
    """The settings of the one resource that is acted on."""
    mails: tuple[str, ...] = ()
    counted: tuple[Counted, ...] = ()
    done: tuple[Done, ...] = ()
    heals: bool = False
    """An effect cures: every alarm goes back to OK."""
    past: tuple[str, ...] = ()
    ids: int = 0

    def copy(self) -> "State":
        """Return a copy that shares what never changes."""
        return replace(
            self,
            tables={name: dict(items) for name, items in self.tables.items()},
            objects=dict(self.objects),
            queues=dict(self.queues),
            executions=dict(self.executions),
            alarms=dict(self.alarms),
            world=dict(self.world),
        )
