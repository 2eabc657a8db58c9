"""One question to CloudWatch for all alarms of a batch: it allows only a few a second."""

from collections.abc import Iterable, Mapping, Sequence

from functions.intake.alarm_event import parse
from quorum.domain.errors import InvalidInputError, SourceUnavailableError
from quorum.ports.telemetry import AlarmBook, AlarmDescription


class LookingAhead:
    """An `AlarmBook` that may know already what it is asked."""

    def __init__(self, book: AlarmBook) -> None:
        self._book = book
        self._known: dict[str, AlarmDescription | None] = {}

    def look(self, bodies: Iterable[str]) -> None:
        """Forget the last batch, and ask about the alarms of this one.

        Where CloudWatch cannot be read, each message will ask for itself.
        """
        self._known = {}
        names = sorted({name for body in bodies for name in _named(body)})
        try:
            found = self._book.describe(names)
        except SourceUnavailableError:
            return
        self._known = {name: found.get(name) for name in names}

    def describe(self, names: Sequence[str]) -> Mapping[str, AlarmDescription]:
        """Return the alarms that exist, by name; those that are not known yet are asked for."""
        rest = [name for name in names if name not in self._known]
        asked = self._book.describe(rest) if rest else {}
        known = {name: one for name in names if (one := self._known.get(name)) is not None}
        return {**known, **asked}


def _named(body: str) -> list[str]:
    try:
        return [parse(body).detail.alarm_name]
    except InvalidInputError:
        return []
