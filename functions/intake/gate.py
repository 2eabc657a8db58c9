"""Which transitions enter: alarms of this account that were opted in, and not our own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from functions.intake.alarm_event import AlarmEvent
from quorum.domain.errors import RefusedError

Turned = Literal["own", "not_opted_in", "suppressed", "insufficient_data"]

AUTOSCALING: Final = "TargetTracking-"
"""What Application Auto Scaling calls its alarms: those scale, and mean no fault."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Where this Quorum serves, and which alarms it was given: by name, or by any of the tags."""

    account: str
    region: str
    prefixes: tuple[str, ...]
    own_prefix: str
    tags: Mapping[str, str]
    tags_of: Callable[[str], Mapping[str, str]]
    """Returns the tags of the alarm with this ARN; asked only where they could decide, and also
    where the event says that they do: what lets an alarm in is never taken from the event."""

    def turn_away(self, event: AlarmEvent) -> Turned | None:
        """Return why the transition does not enter, or None when it does.

        Raises RefusedError for another account or region, SourceUnavailableError when the alarm's
        tags decide and cannot be read: then the message comes again.
        """
        self._check_place(event)
        name, state = event.detail.alarm_name, event.detail.state
        if name.startswith((self.own_prefix, AUTOSCALING)):
            return "own"
        if not (name.startswith(self.prefixes) or self._tagged(event)):
            return "not_opted_in"
        if state.actions_suppressed_by:
            return "suppressed"
        return "insufficient_data" if state.value == "INSUFFICIENT_DATA" else None

    def _tagged(self, event: AlarmEvent) -> bool:
        if not self.tags:
            return False
        sent = event.detail.alarm_tags
        if sent is not None and not self._any(sent):
            return False
        return self._any(self.tags_of(event.arn))

    def _any(self, tags: Mapping[str, str]) -> bool:
        return any(tags.get(key) == value for key, value in self.tags.items())

    def _check_place(self, event: AlarmEvent) -> None:
        for field, given, served in (
            ("account", event.account, self.account),
            ("region", event.region, self.region),
        ):
            if given != served:
                raise RefusedError(f"{field}: {given} is not served here, only {served}")
