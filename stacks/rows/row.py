"""A row of the functions table."""

from dataclasses import dataclass

from quorum.domain.seats import Seat
from stacks.needs import Needs


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A function, named like its folder unless it is a seat."""

    name: str
    seconds: int
    """Its timeout; one attempt by the state machine gets a second more."""
    needs: Needs
    settings: tuple[str, ...]
    folder: str = ""
    memory: int = 512
    warm: bool = False
    """It stands on the way from the alarm to the recovery: kept warm."""
    asynchronous: bool = False
    """Invoked as an event: what fails needs a destination."""
    public: bool = False
    """Anybody may call it: it has environments of its own, and can take nobody else's."""
    seat: Seat | None = None
    signs: bool = False
    """It has a key of its own, which its role alone may sign with."""

    @property
    def package(self) -> str:
        """Return the folder of its code."""
        return self.folder or self.name
