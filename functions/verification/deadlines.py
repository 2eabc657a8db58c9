"""How long recovery may take: so many evaluation windows of the slowest alarm, within bounds."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from quorum.domain.evidence import Alarm

FLOOR_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Patience:
    """`windows` evaluation windows, never more than `cap_seconds`."""

    windows: int = 6
    cap_seconds: int = 3000

    def deadline_seconds(self, alarms: Iterable[Alarm]) -> int:
        """Return how long after the effect recovery is waited for."""
        return min(max(self.windows * window_seconds(alarms), FLOOR_SECONDS), self.cap_seconds)


def window_seconds(alarms: Iterable[Alarm]) -> int:
    """Return the longest evaluation window: what the slowest alarm looks at to change its mind."""
    return max(alarm.period_seconds * alarm.evaluation_periods for alarm in alarms)
