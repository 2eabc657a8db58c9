"""A storm of incidents: every channel at its rate, no message lost, with channels down as well."""

import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from benchmarks.result import Cell, Goal, Measured, Table, main
from benchmarks.storm_happenings import happen
from benchmarks.storm_office import ROUTES, StormOffice
from benchmarks.virtual_time import VirtualTime
from quorum.domain.constants import CHANNEL_RATES
from quorum.domain.events import MessageKind
from quorum.domain.incident_records import Notified
from quorum.domain.notices import Notice
from quorum.domain.notification_routes import (
    NEEDS_A_PERSON,
    ChannelName,
    LegName,
    covering_delivery,
)

INCIDENTS: Final = 500
WITHIN_SECONDS: Final = 60
SEED: Final = 7
ASKED, ESCALATED = 0.1, 0.2
"""Shares of the incidents that ask a person, and that end with one."""
TOLD_SECONDS: Final = 300
START: Final = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
SCENES: Final[dict[str, tuple[ChannelName, ...]]] = {
    "all channels up": (),
    "Slack down": ("slack",),
    "Slack and PagerDuty down": ("slack", "pagerduty"),
    "everything down": ("slack", "pagerduty", "email"),
}
ABOUT: Final = f"""A storm of incidents, and its notifications.
{INCIDENTS} incidents open within {WITHIN_SECONDS} s; each is decided 20 s later, a tenth requests
approval, a fifth is escalated, the others are resolved after two minutes. The code that ships sends
all notifications, on a virtual clock: the outbox, two couriers with batches of a second, the rates,
the breakers. Services take 0.3 s to answer. Routes: Slack, then mail, for everything; PagerDuty,
then mail, beside it for messages that need a person. *Sent* means that the record of notifications
names a channel of the route. A message that cannot be sent is in the dead-letter queue; one that is
neither is lost."""


class Duty(NamedTuple):
    """What has to be told, on which leg, since when."""

    incident: str
    kind: MessageKind
    leg: LegName
    since: datetime


class Scene:
    """One storm."""

    def __init__(self, down: tuple[ChannelName, ...]) -> None:
        self.time = VirtualTime(START)
        self.office = StormOffice(self.time, down)
        self.duties: list[Duty] = []
        plans = list(_plans())
        self.office.pending = len(plans)
        for after, incident, kind in plans:
            self.time.start(lambda i=incident, k=kind: self._tell(i, k), after)  # type: ignore[misc]
        self.office.start_couriers()
        self.time.run()

    def _tell(self, incident: str, kind: MessageKind) -> None:
        """Have it happen, and have people told of it."""
        office = self.office
        happen(office, incident, kind)
        legs = ROUTES.legs(kind, office.notifications.of(incident))
        self.duties += [Duty(incident, kind, leg, self.time()) for leg in legs]
        office.notifier.notify({"incident_id": incident, "kind": kind})
        office.pending -= 1

    def waits(self) -> list[tuple[Duty, float]]:
        """Return the seconds after which each duty that was done was done."""
        found = []
        for duty in self.duties:
            note = self._note(duty)
            if note:
                found.append((duty, note.at - duty.since.timestamp()))
        return found

    def lost(self) -> int:
        """Return the duties that were neither done nor kept."""
        kept = {
            (p["notice"]["incident_id"], p["notice"]["kind"], p["leg"])
            for p, _ in self.office.letters.kept
        }
        undone = [duty for duty in self.duties if not self._note(duty)]
        return sum((duty.incident, duty.kind, duty.leg) not in kept for duty in undone)

    def over(self) -> int:
        """Return how often more than a channel's rate was asked of it in any of its windows."""
        return sum(_over(name, service.asked) for name, service in self.office.services.items())

    def row(self, name: str) -> dict[str, Cell]:
        """Return the scene's figures."""
        waits = sorted(seconds for _, seconds in self.waits())
        people = sorted(seconds for duty, seconds in self.waits() if duty.kind in NEEDS_A_PERSON)
        sends = {n: len(service.sent) for n, service in self.office.services.items()}
        return {
            "scene": name,
            "to send": len(self.duties),
            "sent": len(waits),
            "kept": len(self.office.letters.kept),
            "lost": self.lost(),
            **{f"{channel} sends": count for channel, count in sends.items()},
            "messages per send": round(len(waits) / max(1, sum(sends.values())), 1),
            "median s": _at(waits, 0.5),
            "95 % s": _at(waits, 0.95),
            "longest s": _at(waits, 1.0),
            "longest s for a person": _at(people, 1.0),
        }

    def _note(self, duty: Duty) -> Notified | None:
        sent = self.office.notifications.of(duty.incident)
        notice = Notice(incident_id=duty.incident, kind=duty.kind)
        return covering_delivery(sent, notice, ROUTES.of(duty.leg))


def measure() -> Measured:
    """Play every scene."""
    scenes = {name: Scene(down) for name, down in SCENES.items()}
    up = [scene for name, scene in scenes.items() if name != "everything down"]
    longest = max(s for scene in up for duty, s in scene.waits() if duty.kind in NEEDS_A_PERSON)
    untold = sum(len(scene.duties) - len(scene.waits()) for scene in up)
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
            measured=untold,
        ),
        Goal(
            what="seconds until a person who is needed was notified, at most, while mail was up",
            rule="at most",
            limit=TOLD_SECONDS,
            measured=round(longest, 1),
        ),
    ]
    rows = [scene.row(name) for name, scene in scenes.items()]
    return Measured(
        benchmark="storm", about=ABOUT, goals=goals, tables=[Table(title="Storms", rows=rows)]
    )


def _plans() -> Iterator[tuple[float, str, MessageKind]]:
    """Yield (seconds after the start, incident, kind) of every message."""
    dice = random.Random(SEED)  # noqa: S311 - a benchmark's dice
    for number in range(INCIDENTS):
        incident, opened = f"{number:032x}", dice.uniform(0, WITHIN_SECONDS)
        yield opened, incident, "opened"
        yield opened + 20, incident, "decision"
        if dice.random() < ASKED:
            yield opened + 21, incident, "approval_wanted"
        end: MessageKind = "escalated" if dice.random() < ESCALATED else "resolved"
        yield opened + 120, incident, end


def _over(channel: ChannelName, asked: list[datetime]) -> int:
    rate = CHANNEL_RATES[channel]
    window = timedelta(seconds=rate.per_seconds)
    return sum(sum(at <= other < at + window for other in asked) > rate.sends for at in asked)


def _at(ordered: list[float], share: float) -> Cell:
    if not ordered:
        return None
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)


if __name__ == "__main__":
    sys.exit(main("storm", measure))
