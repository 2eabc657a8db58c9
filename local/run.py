"""One run of a scenario: break the shop, watch what Quorum does, tell what came of it."""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rich.console import Console

from local.outcome import Outcome, Played, outcome
from local.scenarios import LONG_CALM_SECONDS, Scenario, twin
from local.shop.faults import Change, Faults
from local.stage import Stage, healthy, wait_until
from local.view import ballot_line, decision_table, line
from quorum.domain.events import (
    ApprovalRequested,
    DecisionMade,
    IncidentEvent,
    PostMortemWritten,
)
from quorum.domain.votes import Ballot
from quorum.narrative import actions

BASELINE_SECONDS = 22
SETTLE_SECONDS = 600
INCIDENT_SECONDS = 600
"""Patience with a busy laptop; where nothing is wrong neither takes two minutes."""
PERSONS_SECONDS = 1200
"""When somebody at the console answers, who has 900 seconds for it."""
EVERY_SECONDS = 0.3
PERSON = "demo"


@dataclass
class Run:
    """A scenario on a stage, with what was seen so far."""

    stage: Stage
    scenario: Scenario
    console: Console
    fault: bool = True
    """False for the twin: the same innocent changes, no fault, the alarm forced."""
    answers: bool = True
    """False when a person at the console answers instead of the scenario's."""
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    changes: list[Change] = field(default_factory=list)
    _seen: int = 0
    _ballots: set[str] = field(default_factory=set)
    _answered: set[str] = field(default_factory=set)

    def play(self) -> Outcome:
        """Break the shop and follow the incident to its post-mortem. Raises TimeoutError."""
        self._settle()
        self._break()
        patience = INCIDENT_SECONDS if self.answers else PERSONS_SECONDS
        wait_until(self._step, seconds=patience, every=EVERY_SECONDS, what="the post-mortem")
        played = Played(self.scenario, self.fault, self.began, self.changes)
        return outcome(self.stage, played, self._incident())

    def play_until_asked(self) -> ApprovalRequested:
        """Break the shop; return the first question to a person, who has not answered it."""
        self._settle()
        self._break()
        wait_until(lambda: bool(self._questions()), seconds=INCIDENT_SECONDS, what="a question")
        return self._questions()[0]

    def _questions(self) -> list[ApprovalRequested]:
        quorum = self.stage.quorum
        facts = quorum.events(self._incident()) if quorum.incidents() else ()
        return [fact for fact in facts if isinstance(fact, ApprovalRequested)]

    def _break(self) -> None:
        """Do to the shop what the scenario says."""
        shop = Faults(self.stage.plan, self.stage.emulator.client)
        dice = random.Random(self.stage.seed)  # noqa: S311 - a demo's dice
        self.began = datetime.now(UTC)
        for change in (self.scenario.play if self.fault else twin)(shop, dice):
            self.changes.append(change)
            self.console.print(f"{change.resource}: {change.what}", style="yellow")

    def _settle(self) -> None:
        """Let customers come until there is a normal to compare with."""
        calm = self.scenario.calm_seconds if self.fault else LONG_CALM_SECONDS
        self.console.print("Customers come and go for a while, so that there is a normal")

        def settled() -> bool:
            now, stage = time.monotonic(), self.stage
            long_enough = now >= max(
                stage.open_since + BASELINE_SECONDS, stage.deployed_since + calm
            )
            return long_enough and healthy(stage.load)

        wait_until(settled, seconds=SETTLE_SECONDS, what="a healthy shop")

    def _incident(self) -> str:
        return self.stage.quorum.incidents()[-1]

    def _step(self) -> bool:
        """Show what is new, answer as the scenario's person would; True at the post-mortem."""
        quorum = self.stage.quorum
        if not quorum.incidents():
            return False
        incident = self._incident()
        history = quorum.events(incident)
        self._show_ballots(quorum.ballots(incident), history)
        for event in history[self._seen :]:
            self.console.print(line(event, history, self.began))
            if isinstance(event, DecisionMade):
                self.console.print(decision_table(event, actions(history)))
            self._answer(event)
        self._seen = len(history)
        return any(isinstance(event, PostMortemWritten) for event in history)

    def _show_ballots(self, ballots: Sequence[Ballot], history: Sequence[IncidentEvent]) -> None:
        for ballot in sorted(ballots, key=lambda b: b.answered_at):
            if ballot.vote.seat not in self._ballots:
                self._ballots.add(ballot.vote.seat)
                self.console.print(ballot_line(ballot, actions(history)))

    def _answer(self, event: IncidentEvent) -> None:
        if not self.answers or not isinstance(event, ApprovalRequested):
            return
        if event.approval_id in self._answered:
            return
        self._answered.add(event.approval_id)
        approves = self.fault and self.scenario.person == "approve"  # nobody repairs what is whole
        answer = "granted" if approves else "denied"
        self.stage.quorum.answer(event.incident_id, answer, self.stage.console.tokens[PERSON])
