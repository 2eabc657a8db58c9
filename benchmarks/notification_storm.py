"""A storm of incidents: channel rates, lost messages and delays, with channels up and down."""

import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from benchmarks.notification_pipeline import ROUTES, NotificationPipeline
from benchmarks.result import Cell, Goal, Measured, ResultTable, main
from benchmarks.storm_incidents import advance
from benchmarks.virtual_time import VirtualTime
from quorum.domain.constants import CHANNEL_RATES
from quorum.domain.events import MessageKind
from quorum.domain.incident_records import Notified
from quorum.domain.notices import PendingMessage
from quorum.domain.notification_routes import (
    NEEDS_A_PERSON,
    ChannelName,
    LegName,
    covering_delivery,
)

INCIDENTS: Final = 500
WITHIN_SECONDS: Final = 60
SEED: Final = 7
NEED_APPROVAL, ESCALATED = 0.1, 0.2
"""Shares of the incidents that request approval, and that end escalated."""
NOTIFIED_SECONDS: Final = 300
START: Final = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
SCENES: Final[dict[str, tuple[ChannelName, ...]]] = {
    "all channels up": (),
    "Slack down": ("slack",),
    "Slack and PagerDuty down": ("slack", "pagerduty"),
    "everything down": ("slack", "pagerduty", "email"),
}
ABOUT: Final = f"""Notifications in a storm of incidents.
{INCIDENTS} incidents open within {WITHIN_SECONDS} s. Each is decided 20 s later, a tenth requests
approval, a fifth is escalated, the others are resolved after two minutes. The deployed code sends
all notifications on a virtual clock: the outbox, two couriers with batches of one second, the
channel rates, the circuit breakers. Services respond after 0.3 s. Routes: Slack, then mail, for
all messages; in addition PagerDuty, then mail, for messages that need a person. A message counts as
*notified* when the notifications table has it with a channel of its route. Undeliverable messages
are in the dead-letter queue; a message that is in neither is lost."""


class Expected(NamedTuple):
    """A message to be sent on a leg, and the time of its cause."""

    incident: str
    kind: MessageKind
    leg: LegName
    since: datetime


class Scene:
    """One storm with some channels down."""

    def __init__(self, down: tuple[ChannelName, ...]) -> None:
        self.time = VirtualTime(START)
        self.pipeline = NotificationPipeline(self.time, down)
        self.expected: list[Expected] = []
        plans = list(_plans())
        self.pipeline.pending = len(plans)
        for after, incident, kind in plans:
            self.time.start(lambda i=incident, k=kind: self._notify(i, k), after)  # type: ignore[misc]
        self.pipeline.start_couriers()
        self.time.run()

    def _notify(self, incident: str, kind: MessageKind) -> None:
        """Advance the incident and queue the notification."""
        pipeline = self.pipeline
        advance(pipeline, incident, kind)
        legs = ROUTES.legs(kind, pipeline.notifications.of(incident))
        self.expected += [Expected(incident, kind, leg, self.time()) for leg in legs]
        pipeline.notifier.notify({"incident_id": incident, "kind": kind})
        pipeline.pending -= 1

    def delays(self) -> list[tuple[Expected, float]]:
        """Return the sent messages with their delays in seconds."""
        found = []
        for message in self.expected:
            note = self._note(message)
            if note:
                found.append((message, note.at - message.since.timestamp()))
        return found

    def lost(self) -> int:
        """Return the number of messages that are neither sent nor dead letters."""
        kept = {
            (p["notice"]["incident_id"], p["notice"]["kind"], p["leg"])
            for p, _ in self.pipeline.dead_letters.kept
        }
        unsent = [message for message in self.expected if not self._note(message)]
        return sum((one.incident, one.kind, one.leg) not in kept for one in unsent)

    def over(self) -> int:
        """Return the number of windows in which a channel had more requests than its rate."""
        services = self.pipeline.services.items()
        return sum(_over(name, service.requests) for name, service in services)

    def row(self, name: str) -> dict[str, Cell]:
        """Return the scene's figures."""
        delays = sorted(seconds for _, seconds in self.delays())
        people = sorted(seconds for one, seconds in self.delays() if one.kind in NEEDS_A_PERSON)
        sends = {n: len(service.sent) for n, service in self.pipeline.services.items()}
        return {
            "scene": name,
            "messages": len(self.expected),
            "notified": len(delays),
            "dead letters": len(self.pipeline.dead_letters.kept),
            "lost": self.lost(),
            **{f"{channel} sends": count for channel, count in sends.items()},
            "messages per send": round(len(delays) / max(1, sum(sends.values())), 1),
            "median s": _at(delays, 0.5),
            "95 % s": _at(delays, 0.95),
            "longest s": _at(delays, 1.0),
            "longest s, needs a person": _at(people, 1.0),
        }

    def _note(self, message: Expected) -> Notified | None:
        sent = self.pipeline.notifications.of(message.incident)
        notice = PendingMessage(incident_id=message.incident, kind=message.kind)
        return covering_delivery(sent, notice, ROUTES.of(message.leg))


def measure() -> Measured:
    """Run all scenes."""
    scenes = {name: Scene(down) for name, down in SCENES.items()}
    up = [scene for name, scene in scenes.items() if name != "everything down"]
    longest = max(s for scene in up for one, s in scene.delays() if one.kind in NEEDS_A_PERSON)
    unsent = sum(len(scene.expected) - len(scene.delays()) for scene in up)
    goals = [
        Goal(
            what="messages lost, in any scene",
            rule="exactly",
            limit=0,
            measured=sum(scene.lost() for scene in scenes.values()),
        ),
        Goal(
            what="windows of any channel with more sends than its rate",
            rule="exactly",
            limit=0,
            measured=sum(scene.over() for scene in scenes.values()),
        ),
        Goal(
            what="undelivered messages while mail was up",
            rule="exactly",
            limit=0,
            measured=unsent,
        ),
        Goal(
            what="longest delay of a message that needs a person, while mail was up, s",
            rule="at most",
            limit=NOTIFIED_SECONDS,
            measured=round(longest, 1),
        ),
    ]
    rows = [scene.row(name) for name, scene in scenes.items()]
    return Measured(
        benchmark="notification_storm",
        about=ABOUT,
        goals=goals,
        tables=[ResultTable(title="Scenes", rows=rows)],
    )


def _plans() -> Iterator[tuple[float, str, MessageKind]]:
    """Yield (seconds after the start, incident, kind) for every message."""
    dice = random.Random(SEED)  # noqa: S311 - a benchmark's dice
    for number in range(INCIDENTS):
        incident, opened = f"{number:032x}", dice.uniform(0, WITHIN_SECONDS)
        yield opened, incident, "opened"
        yield opened + 20, incident, "decision"
        if dice.random() < NEED_APPROVAL:
            yield opened + 21, incident, "approval_wanted"
        end: MessageKind = "escalated" if dice.random() < ESCALATED else "resolved"
        yield opened + 120, incident, end


def _over(channel: ChannelName, requests: list[datetime]) -> int:
    rate = CHANNEL_RATES[channel]
    window = timedelta(seconds=rate.per_seconds)
    return sum(sum(at <= other < at + window for other in requests) > rate.sends for at in requests)


def _at(ordered: list[float], share: float) -> Cell:
    if not ordered:
        return None
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)


if __name__ == "__main__":
    sys.exit(main("notification_storm", measure))
