"""One run: time passes, the alarm fires, the state machine runs the product; then the outcome."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, Literal, NamedTuple

from benchmarks.pace.alarms import Change
from benchmarks.pace.cells import Cell
from benchmarks.pace.facts import EVENT_SECONDS
from benchmarks.pace.product import VERBS, Product
from benchmarks.pace.states import Invocation, Machine, TaskError
from benchmarks.pace.world import ALARM_WAIT, draw
from quorum.domain.autonomy import Mode
from quorum.domain.errors import QuorumError, RefusedError
from quorum.domain.events import (
    ActionRefused,
    ApprovalRequested,
    DecisionMade,
    EvidenceFrozen,
    IncidentEvent,
    IncidentOpened,
)
from quorum.domain.evidence import Candidate
from quorum.domain.seats import SEATS
from stacks.functions_table import attempt_seconds
from stacks.stages import STAGES
from stacks.state_machine import Times, definition

Policy = Literal["right", "wrong"]
"""A person who answers grants the right candidate, or a wrong one on purpose."""
STEP: Final = 2.0
"""Seconds between two looks at the clock while nothing runs."""
LOOK: Final = 300.0
"""Seconds between two snapshots of the inventory (stacks/stages.py)."""
LOOKS_BEFORE: Final = 13
SECONDS: Final = {
    "Communication": 2.0,
    "Evidence": 10.0,
    "Consensus": 3.0,
    "Executor": 5.0,
    "Verification": 1.0,
    "Approval": 1.0,
    "Closing": 1.0,
    "Postmortem": 5.0,
    "Intake": 3.0,
    "Start": 2.0,
}
"""Virtual duration of each task, as on the laptop, rounded up; a seat takes SEAT_SECONDS."""
SEAT_SECONDS: Final = 3.0
ANSWER_SECONDS: Final = (60.0, 300.0)
"""Until a person answers an approval request; assumed."""


class Ballot(NamedTuple):
    """One vote of a run: the seat's confidence, and whether its candidate was right."""

    seat: str
    confidence: float
    right: bool


class Outcome(NamedTuple):
    """Result of one run; times in seconds, None for events that never happened."""

    fired: float | None = None
    """From the fault's start to the alarm."""
    decided: str = "nothing"
    """`right` or `wrong` action taken without asking, `asked`, or what the pipeline did else."""
    proposal_right: bool = False
    """The approval request proposed the right action."""
    decision: float | None = None
    """From the alarm to the decision that was carried out or asked about, else to the last one."""
    effect: float | None = None
    """From the alarm to the effect."""
    why: str = ""
    """The reason of the decision, or the guard that refused the action."""
    approved: bool = False
    effect_right: bool = False
    verdict: str = ""
    undone: bool = False
    verified: float | None = None
    """From the alarm to the verdict `recovered`."""
    alarm_ok: float | None = None
    """From the effect until the alarm is OK by itself."""
    first_message: float | None = None
    """From the alarm to the first message to people."""
    score: float = 0.0
    """Share of the right action in the decision's ranking."""
    rounds: int = 0
    error: str = ""
    ballots: tuple[Ballot, ...] = ()


@cache
def _definition() -> dict[str, Any]:
    return definition(SEATS, attempt_seconds(), Times(1800, STAGES["prod"].poll))


class Run:
    """One run of a cell."""

    def __init__(self, cell: Cell, seed: int, mode: Mode, policy: Policy) -> None:
        self.world, self.policy = draw(cell, seed), policy
        if policy == "wrong":
            self.world.decoy()
        world = self.world
        self.product = Product(
            clock=world.clock,
            rng=world.rng,
            account=world.account,
            metrics=world.metrics,
            logs=world.logs,
            alarms=world.alarms,
            service_map=world.service_map,
            trail=world.trail,
            mode=mode,
        )
        self.changes: list[Change] = []
        self.messages: list[float] = []
        self._pending: list[Change] = []
        self._error = ""
        self._answers_at: float | None = None
        self._next_look = self._first_looks()

    def outcome(self) -> Outcome:
        """Run to the end and return the outcome."""
        world, clock = self.world, self.world.clock
        limit = _at(world.fault_at + ALARM_WAIT)
        while not self.product.starter.started:
            if clock() >= limit:
                return Outcome()
            self.wait(STEP)
        self.wait(SECONDS["Start"])
        incident = self.product.starter.started[0]
        machine = Machine(_definition(), self._call, clock, self.wait)
        try:
            machine.run({"incident_id": incident, "round": 1}, _at(world.over))
        except TaskError as error:
            self._error = str(error)
        return self._read(incident)

    def wait(self, seconds: float) -> None:
        """Let time pass: the inventory takes snapshots, alarms change, events arrive."""
        clock = self.world.clock
        clock.advance(seconds)
        now = clock().timestamp()
        while self._next_look <= now:
            self._look(self._next_look)
            self._next_look += LOOK
        found = self.world.alarms.advance(now)
        self.changes += found
        self._pending += found
        due = [one for one in self._pending if one.at + EVENT_SECONDS <= now]
        self._pending = [one for one in self._pending if one.at + EVENT_SECONDS > now]
        for change in due:
            if change.name.startswith("shop-"):
                self._deliver(change)

    def _deliver(self, change: Change) -> None:
        first = not self.product.starter.started
        if first:
            self.world.clock.advance(SECONDS["Intake"])
        try:
            self.product.intake.handle(change.body)
        except QuorumError:  # delivered again by the queue
            self._pending.append(change._replace(at=change.at + 30))

    def _first_looks(self) -> float:
        world, clock = self.world, self.world.clock
        first = world.start - LOOKS_BEFORE * LOOK + world.rng.uniform(0, LOOK)
        looks = [first - 86_400.0]
        if world.innocent_at is not None:
            looks += [world.innocent_at - 10, world.innocent_at + world.rng.uniform(10, LOOK)]
        looks += [first + LOOK * place for place in range(LOOKS_BEFORE)]
        now = clock.now
        for at in sorted(looks):
            if at < now.timestamp():
                self._look(at)
        clock.now = now
        return next(at for at in (first + LOOK * n for n in range(99)) if at >= now.timestamp())

    def _look(self, at: float) -> None:
        clock = self.world.clock
        now, clock.now = clock.now, _at(at)
        for resource in list(self.world.account.history):
            self.product.inventory.observe(resource, None)
        clock.now = now

    def _call(self, invocation: Invocation) -> Any:
        """Run one task of the state machine with its duration."""
        placeholder, payload = invocation.function, invocation.payload
        seconds = SECONDS.get(placeholder, SEAT_SECONDS)
        if invocation.asynchronous:
            self.messages.append(self.world.clock().timestamp() + seconds)
            return {}
        try:
            if placeholder == "Evidence":  # reads everything at its start
                result = self.product.call(placeholder, payload)
                self.wait(seconds)
                return result
            self.wait(seconds)
            if placeholder == "Communication":
                self.messages.append(self.world.clock().timestamp())
            result = self.product.call(placeholder, payload)
            if placeholder == "Approval" and payload.get("operation") == "wait":
                return self._answered(payload, invocation.timeout)
        except TaskError:
            raise
        except Exception as error:
            if not placeholder.startswith("Seat"):  # without a model the next tier answers
                self._error = f"{placeholder}: {type(error).__name__}: {error}"[:300]
            raise TaskError(type(error).__name__, str(error)) from error
        return result

    def _answered(self, payload: dict[str, Any], timeout: float) -> Any:
        """Have a person answer the approval request; return the task's output.

        The time until the answer counts from the first request since the last answer.
        """
        token, now = payload["task_token"], self.world.clock().timestamp()
        if self._answers_at is None:
            self._answers_at = now + self.world.rng.uniform(*ANSWER_SECONDS)
        if self._answers_at > now + timeout:  # the next round begins before the person answers
            self.wait(timeout)
            raise TaskError("States.Timeout", "no answer")
        self.wait(max(0.0, self._answers_at - now))
        self._answers_at = None
        chosen = self._choice(payload["incident_id"])
        answer = "denied" if chosen is None else "granted"
        for person in ("ann", "bob"):
            sent = {
                "operation": "answer",
                "approval_id": payload["approval_id"],
                "answer": answer,
                "proof": {"kind": "token", "token": person},
                "action": chosen,
            }
            try:
                self.product.call("Approval", sent)
            except RefusedError:
                break
            if token in self.product.tokens.outputs:
                return self.product.tokens.outputs[token]
        self.wait(timeout)
        raise TaskError("States.Timeout", "no answer")

    def _choice(self, incident: str) -> str | None:
        """Return the candidate that the person grants, or None to deny."""
        found = self._candidates(self.product.store.load(incident))
        wanted = self.policy == "right"
        possible = [c for c in found if self.world.helps(c) == wanted]
        usable = [c.id for c in possible if c.verb in VERBS]
        return usable[0] if usable else None

    def _candidates(self, history: Sequence[IncidentEvent]) -> tuple[Candidate, ...]:
        frozen = [event for event in history if isinstance(event, EvidenceFrozen)]
        return frozen[-1].candidates if frozen else ()

    def _read(self, incident: str) -> Outcome:
        """Return the outcome from the stores and the log."""
        world, history = self.world, self.product.store.load(incident)
        opened_at = _opened_at(history)
        candidates = {c.id: c for c in self._candidates(history)}
        decisions = [event for event in history if isinstance(event, DecisionMade)]
        asked = [event for event in history if isinstance(event, ApprovalRequested)]
        act = self.product.ledger.find(incident, "act")
        undo = self.product.ledger.find(incident, "undo")
        verified = self.product.verdicts.find(incident, "action")
        acted = act is not None and act.state == "done"
        unasked = bool(acted and act and act.approval_id is None)
        right = bool(acted and act and act.candidate and world.helps(act.candidate))
        effect_at = act.ended_at or act.started_at if acted and act else None
        proposal = candidates.get(asked[-1].action) if asked else None
        recovered = verified is not None and verified.verdict == "recovered"
        return Outcome(
            fired=opened_at - world.fault_at,
            decided=_decided(unasked, right, asked, decisions),
            proposal_right=proposal is not None and world.helps(proposal),
            decision=decisions[-1].occurred_at.timestamp() - opened_at if decisions else None,
            effect=None if effect_at is None else effect_at - opened_at,
            why=_why(history, decisions),
            approved=bool(act and act.approval_id),
            effect_right=right,
            verdict=verified.verdict if verified else "",
            undone=undo is not None and undo.state == "done",
            verified=verified.verified_at - opened_at if recovered and verified else None,
            alarm_ok=self._alarm_ok(effect_at),
            first_message=self.messages[0] - opened_at if self.messages else None,
            score=_score(decisions, candidates, world.helps),
            rounds=len(decisions),
            error=self._error,
            ballots=_ballots(decisions, candidates, world.helps),
        )

    def _alarm_ok(self, effect_at: float | None) -> float | None:
        if effect_at is None:
            return None
        now = self.world.clock().timestamp()
        while now <= self.world.over:
            after = [c.at for c in self.changes if c.name.startswith("shop-") and c.state == "OK"]
            found = next((at - effect_at for at in sorted(after) if at > effect_at), None)
            if found is not None:
                return found
            now += 60
            self.changes += self.world.alarms.advance(now)
        return None


def _decided(
    unasked: bool,  # noqa: FBT001
    right: bool,  # noqa: FBT001
    asked: list[ApprovalRequested],
    decisions: list[DecisionMade],
) -> str:
    if unasked:
        return "right" if right else "wrong"
    if asked:
        return "asked"
    return decisions[-1].route if decisions else "nothing"


def _opened_at(history: Sequence[IncidentEvent]) -> float:
    """Return the time of the alarm that opened the incident."""
    opened = next(event for event in history if isinstance(event, IncidentOpened))
    return opened.alarm.fired_at.timestamp()


def _why(history: Sequence[IncidentEvent], decisions: list[DecisionMade]) -> str:
    refused = [event for event in history if isinstance(event, ActionRefused)]
    if refused:
        return f"{refused[-1].guard}: {refused[-1].reason}"
    return decisions[-1].reason if decisions else ""


def _score(
    decisions: list[DecisionMade],
    candidates: dict[str, Candidate],
    helps: Callable[[Candidate], bool],
) -> float:
    if not decisions:
        return 0.0
    ranked = ((candidates.get(action), share) for action, share in decisions[0].ranking)
    return max((share / 10_000 for c, share in ranked if c is not None and helps(c)), default=0.0)


def _ballots(
    decisions: list[DecisionMade],
    candidates: dict[str, Candidate],
    helps: Callable[[Candidate], bool],
) -> tuple[Ballot, ...]:
    if not decisions:
        return ()
    return tuple(
        Ballot(vote.seat, vote.conf_bp / 10_000, helps(candidates[vote.action]))
        for vote in decisions[0].votes
        if vote.action in candidates
    )


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def run(cell: Cell, seed: int, *, mode: Mode = "autonomous", policy: Policy = "right") -> Outcome:
    """Run the cell once. `mode` is the autonomy of every verb."""
    return Run(cell, seed, mode, policy).outcome()
