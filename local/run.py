"""One run of a scenario: break the shop, follow the incident, return the outcome."""

import heapq
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import itemgetter

from rich.console import Console, RenderableType
from rich.text import Text

from local.outcome import Outcome, Played, outcome
from local.scenarios import LONG_CALM_SECONDS, Scenario, twin
from local.shop.faults import Faults, InjectedChange
from local.stage import LocalStage, healthy, wait_until
from local.view import View
from quorum.domain.events import (
    ActionTaken,
    ApprovalRequested,
    DecisionMade,
    EvidenceFrozen,
    IncidentEvent,
    PostMortemWritten,
)
from quorum.domain.votes import Ballot

BASELINE_SECONDS = 22
SETTLE_SECONDS = 600
INCIDENT_SECONDS = 600
"""Timeouts for a busy laptop; without contention neither takes two minutes."""
PERSON_SECONDS = 1200
"""Timeout while a person at the console answers; their approval request lasts 900 seconds."""
POLL_SECONDS = 0.3
PERSON = "demo"


@dataclass
class Run:
    """A scenario on a stage, and the events and votes that were printed so far."""

    stage: LocalStage
    scenario: Scenario
    console: Console
    fault: bool = True
    """False for the twin: the same innocent changes, no fault, the alarm forced."""
    answers: bool = True
    """False when a person at the console answers approval requests, not the scenario."""
    verbose: bool = False
    """Print the seats' methods and reasons, too."""
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    changes: list[InjectedChange] = field(default_factory=list)
    dice: int | None = None
    """Seed of the fault; None takes the stage's own."""
    _earlier: frozenset[str] = frozenset()
    """Incidents of former runs on this stage."""
    _printed: int = 0
    _ballots: set[tuple[str, int]] = field(default_factory=set)
    _answered: set[str] = field(default_factory=set)

    def play(self) -> Outcome:
        """Break the shop and follow the incident to its post-mortem. Raises TimeoutError."""
        self._settle()
        self._break()
        seconds = INCIDENT_SECONDS if self.answers else PERSON_SECONDS
        wait_until(self._step, seconds=seconds, every=POLL_SECONDS, what="the post-mortem")
        played = Played(self.scenario, self.fault, self.began, self.changes)
        return outcome(self.stage, played, self._incident() or "")

    def play_until_asked(self) -> ApprovalRequested:
        """Break the shop; return the first approval request, unanswered."""
        self._settle()
        self._break()
        what = "an approval request"
        wait_until(lambda: bool(self._requests()), seconds=INCIDENT_SECONDS, what=what)
        return self._requests()[0]

    def _requests(self) -> list[ApprovalRequested]:
        incident = self._incident()
        events = self.stage.quorum.events(incident) if incident else ()
        return [event for event in events if isinstance(event, ApprovalRequested)]

    def _break(self) -> None:
        """Make the scenario's changes to the shop, and print each."""
        shop = Faults(self.stage.plan, self.stage.emulator.client)
        seed = self.stage.seed if self.dice is None else self.dice
        dice = random.Random(seed)  # noqa: S311 - a demo's dice
        self._earlier = frozenset(self.stage.quorum.incidents())
        self.began = datetime.now(UTC)
        for change in (self.scenario.play if self.fault else twin)(shop, dice):
            self.changes.append(change)
            self.console.print(Text(f"Shop change: {change.resource}, {change.what}", "yellow"))

    def _settle(self) -> None:
        """Wait until there is enough healthy traffic to compare the fault with."""
        calm = self.scenario.calm_seconds if self.fault else LONG_CALM_SECONDS
        self.console.print("Collecting a traffic baseline…")

        def settled() -> bool:
            now, stage = time.monotonic(), self.stage
            long_enough = now >= max(
                stage.open_since + BASELINE_SECONDS, stage.deployed_since + calm
            )
            return long_enough and healthy(stage.load)

        wait_until(settled, seconds=SETTLE_SECONDS, what="a healthy shop")

    def _incident(self) -> str | None:
        """Return the id of the first incident since the run began, or None."""
        new = [i for i in self.stage.quorum.incidents() if i not in self._earlier]
        return new[-1] if new else None

    def _step(self) -> bool:
        """Print what is new and answer approval requests; return True at the post-mortem."""
        quorum, incident = self.stage.quorum, self._incident()
        if incident is None:
            return False
        events = quorum.events(incident)  # before the ballots: a decision is never without its own
        ballots, new = quorum.ballots(incident, _newest_round(events)), events[self._printed :]
        lines = (self._new_ballots(ballots, events), self._new_events(new, events))
        for _, line in heapq.merge(*lines, key=itemgetter(0)):  # events stay in the log's order
            self.console.print(line)
        self._printed = len(events)
        for event in new:
            self._answer(event, events)
        return any(isinstance(event, PostMortemWritten) for event in events)

    def _new_events(
        self, new: Sequence[IncidentEvent], events: Sequence[IncidentEvent]
    ) -> Iterator[tuple[float, RenderableType]]:
        """Yield the time and the line of each new event, and of each decision its table."""
        view = View(events, self.began, self.verbose)
        for event in new:
            at = event.occurred_at.timestamp()
            yield at, view.event(event)
            if isinstance(event, DecisionMade):
                yield at, view.decision(event)

    def _new_ballots(
        self, ballots: Sequence[Ballot], events: Sequence[IncidentEvent]
    ) -> Iterator[tuple[float, RenderableType]]:
        """Yield the time and the line of each new ballot, once its evidence is in the log."""
        view = View(events, self.began, self.verbose)
        if not any(isinstance(event, EvidenceFrozen) for event in events):
            return
        for ballot in sorted(ballots, key=lambda b: b.answered_at):
            cast = (ballot.vote.seat, ballot.vote.round)
            if cast not in self._ballots:
                self._ballots.add(cast)
                yield ballot.answered_at, view.ballot(ballot)

    def _answer(self, event: IncidentEvent, events: Sequence[IncidentEvent]) -> None:
        """Answer an approval request as the scenario's person does, once."""
        if not self.answers or not isinstance(event, ApprovalRequested):
            return
        if event.approval_id in self._answered:
            return
        self._answered.add(event.approval_id)
        if self.scenario.person == "wait" and _looks_again(events):
            return
        approves = self.fault and self.scenario.person != "deny"
        self.stage.quorum.answer(
            event.incident_id,
            "granted" if approves else "denied",
            self.stage.console.tokens[PERSON],
            action=self._suspected(events) if approves else None,
        )

    def _suspected(self, events: Sequence[IncidentEvent]) -> str | None:
        """Return the candidate that the person suspects, of the newest changes; else None."""
        if self.scenario.suspect is None or any(isinstance(e, ActionTaken) for e in events):
            return None
        newest = [event for event in events if isinstance(event, EvidenceFrozen)][-1]
        places = {change.resource: place for place, change in enumerate(self.changes)}
        wanted = [c for c in newest.candidates if c.verb == self.scenario.suspect]
        suspected = max(wanted, key=lambda c: places.get(c.resource, -1), default=None)
        return suspected.id if suspected else None


def _newest_round(events: Sequence[IncidentEvent]) -> int:
    return max((event.round for event in events if isinstance(event, EvidenceFrozen)), default=1)


def _looks_again(events: Sequence[IncidentEvent]) -> bool:
    """Return whether another look follows the newest decision."""
    decided = [event for event in events if isinstance(event, DecisionMade)]
    return bool(decided) and decided[-1].look_again_seconds > 0
