"""A row of the functions table."""

from dataclasses import dataclass

from quorum.domain.seats import Seat
from stacks.permissions import Permissions


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One function, named like its folder unless it is a seat."""

    name: str
    seconds: int
    """The timeout; the state machine's attempt has one second more."""
    permissions: Permissions
    settings: tuple[str, ...]
    folder: str = ""
    memory: int = 512
    warm: bool = False
    """Kept warm, because it is on the path from alarm to recovery."""
    asynchronous: bool = False
    """Invoked as an event, so that failures need a destination."""
    public: bool = False
    """Reachable without AWS credentials; its reserved concurrency protects other functions."""
    seat: Seat | None = None
    signs: bool = False
    """Has a key of its own, with which only its role may sign."""

    @property
    def package(self) -> str:
        """Return the folder of the function's code."""
        return self.folder or self.name
