"""How alarms are defined, in memory."""

from collections.abc import Mapping, Sequence

from functions.shared.domain.errors import QuorumError
from functions.shared.ports import AlarmDefinition


class InMemoryAlarmDefinitions:
    """An `AlarmDefinitions`. Set `error` to have its calls raise it."""

    def __init__(self) -> None:
        self.error: QuorumError | None = None
        self.known: dict[str, AlarmDefinition] = {}

    def define(self, names: Sequence[str]) -> Mapping[str, AlarmDefinition]:
        """Return the definitions of those that exist, by name."""
        if self.error is not None:
            raise self.error
        return {name: self.known[name] for name in names if name in self.known}
