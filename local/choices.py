"""Numbers for an incident's candidate actions, so that a vote for one fits in a table cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from quorum.domain.events import EvidenceFrozen, IncidentEvent
from quorum.domain.votes import HEALTHY
from quorum.narrative import Actions, action, actions, plain


@dataclass(frozen=True)
class Choices:
    """The candidate actions of all rounds, in the order in which they were found."""

    ids: tuple[str, ...]
    known: Actions

    @classmethod
    def of(cls, events: Sequence[IncidentEvent]) -> Self:
        """Return the choices of an incident's log."""
        frozen = (event for event in events if isinstance(event, EvidenceFrozen))
        ids = (candidate.id for event in frozen for candidate in event.candidates)
        return cls(tuple(dict.fromkeys(ids)), actions(events))

    def short(self, action_id: str | None) -> str:
        """Return a vote as a table shows it: `#2`, `abstained`, `nothing is wrong`, or the id."""
        if action_id is None:
            return "abstained"
        if action_id == HEALTHY:
            return "nothing is wrong"
        return f"#{self.ids.index(action_id) + 1}" if action_id in self.ids else action_id

    def described(self, action_id: str) -> str:
        """Return the action as a sentence."""
        return plain(action(action_id, self.known))
