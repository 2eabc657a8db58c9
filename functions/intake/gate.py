"""Gate for state changes: alarms of this account that were opted in, except Quorum's own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from functions.intake.alarm_event import AlarmEvent
from quorum.domain.alarm_rule import AUTOSCALING
from quorum.domain.errors import RefusedError

RejectReason = Literal["own", "not_opted_in", "suppressed", "one_series", "insufficient_data"]


@dataclass(frozen=True, slots=True)
class Gate:
    """The account and region served, and the opted-in alarms: by name prefix or by any tag."""

    account: str
    region: str
    prefixes: tuple[str, ...]
    own_prefix: str
    tags: Mapping[str, str]
    tags_of: Callable[[str], Mapping[str, str]]
    """Returns the tags of the alarm with this ARN. Called only if they could decide, even when the
    event carries them: opting in is never decided by the event."""

    def reject_reason(self, event: AlarmEvent) -> RejectReason | None:
        """Return the reason to drop the state change, or None if it enters.

        A recovery enters though its actions are suppressed or muted: that is about notifying
        people. The recovery of one series does not: the alarm's own recovery ends an incident.

        Raises RefusedError for another account or region, and SourceUnavailableError if the alarm's
        tags decide but cannot be read: then the message is delivered again.
        """
        self._check_account_and_region(event)
        name, state = event.detail.alarm_name, event.detail.state
        if name.startswith((self.own_prefix, AUTOSCALING)):
            return "own"
        if not (name.startswith(self.prefixes) or self._has_opt_in_tag(event)):
            return "not_opted_in"
        if state.value == "ALARM" and (state.actions_suppressed_by or event.detail.muted):
            return "suppressed"
        if state.value == "OK" and event.detail.alarm_contributor is not None:
            return "one_series"
        return "insufficient_data" if state.value == "INSUFFICIENT_DATA" else None

    def _has_opt_in_tag(self, event: AlarmEvent) -> bool:
        if not self.tags:
            return False
        sent_tags = event.detail.alarm_tags
        if sent_tags is not None and not self._any_match(sent_tags):
            return False
        return self._any_match(self.tags_of(event.arn))

    def _any_match(self, tags: Mapping[str, str]) -> bool:
        return any(tags.get(key) == value for key, value in self.tags.items())

    def _check_account_and_region(self, event: AlarmEvent) -> None:
        for field, given, served in (
            ("account", event.account, self.account),
            ("region", event.region, self.region),
        ):
            if given != served:
                raise RefusedError(
                    f"{field}: {given} is not served by this deployment, only {served}"
                )
