"""Every course of an incident over a few rounds, with the product's own consensus, approval,
executor and ledger.

A move is one step of whatever drives them: it may come in any order, be repeated, or be late.
Evidence may leave out that an action was tried, so that the executor alone has to refuse. States
that differ in times alone are one.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from functions.approval.approvals import Approvals
from functions.approval.authentication import Authenticator
from functions.approval.trusted_records import TrustedRecords
from functions.consensus.decide import Consensus
from functions.evidence.freezer import tried_actions
from quorum.domain.approvals import approval_id
from quorum.domain.errors import InvalidInputError, RefusedError
from quorum.domain.events import ActionRefused, DecisionMade
from quorum.domain.evidence import Candidate, Scalar
from quorum.domain.grants import APPROVER
from quorum.domain.incident_records import Verdict
from tests.builders.actuators import GuardedActuator, Shelf
from tests.builders.approvals import PEOPLE, token
from tests.builders.candidates import PARAMETERS, candidate
from tests.builders.events import INCIDENT
from tests.builders.evidence import HEALTHY_RECORD, series
from tests.builders.executor import Case
from tests.fakes.channels import InMemoryTaskTokens
from tests.fakes.signing import InMemorySigner
from tests.fakes.tokens import OURS, InMemoryTokens

STRONG, WEAK = 9000, 6000
"""Confidences of all seats, in basis points: above the threshold, and below."""
RECORD: Final = (
    *HEALTHY_RECORD,
    series("requests", 100, version="2"),
    series("errors", 0, version="2"),
)
STORES: Final = (
    "store", "evidence", "decisions", "ballots", "approvals", "verdicts", "ledger", "actuator",
)  # fmt: skip


class Look(NamedTuple):
    """A round's votes, all for the rollback to this version."""

    to_version: str
    conf_bp: int = STRONG
    honest: bool = False
    """The evidence lists what was tried."""


class Effect(NamedTuple):
    """A write to the resource, as this oracle saw it and not as the ledger says."""

    round: int
    action: str
    by_person: bool
    ended: Verdict | None = None


class Move(NamedTuple):
    """A step: its method, and what it is about."""

    name: str
    what: Any
    of: int | None = None


class Space(NamedTuple):
    """The explored space: the first look, later looks, ends of actions, and the last round."""

    first: Look
    looks: Sequence[Look]
    ends: Sequence[Verdict]
    most: int
    in_order: bool = False
    """No attempt is late: all are about the newest round."""


@dataclass(frozen=True)
class Seen:
    """The course so far, as the properties need it."""

    effects: tuple[Effect, ...] = ()
    fresh: frozenset[int] = frozenset()
    """The rounds whose evidence was taken after the end of the last effect."""
    problems: tuple[str, ...] = ()


class Blind(GuardedActuator):
    """An interface that compares nothing: only the protocol keeps an effect away."""

    def capture(self, candidate: Candidate) -> dict[str, Scalar]:  # noqa: ARG002 - the port's
        """Return what the inverse needs, whatever the evidence observed."""
        return {"revision": self.world["revision"], "alias_version": self.world["alias_version"]}

    def _write(self, revision: Scalar, settings: Mapping[str, Scalar]) -> Any:  # noqa: ARG002
        return super()._write(self.world["revision"], settings)


class Course(Case):
    """An incident that goes on by moves."""

    def __init__(self, first: Look) -> None:
        self.seen = Seen(fresh=frozenset({1}))
        subjects = {person.id: person.subject for person in PEOPLE}
        self.subjects = subjects
        self.task_tokens, self.signer = InMemoryTaskTokens(), InMemorySigner(APPROVER)
        super().__init__(
            chosen=rollback(first.to_version, "4"),
            confidence_bp=first.conf_bp,
            record=RECORD,
            bundled={"candidates": (rollback("3", "4"), rollback("2", "4"))},
        )
        self.actuator = Blind({"alias": "live", "alias_version": "4"}, {"alias_version": "3"})
        self.shelf = Shelf(self.actuator)
        self.ask(1)

    def _decide(self, route: str, confidence_bp: int, digest: str) -> None:  # noqa: ARG002 - consensus decides
        consensus = Consensus(
            self.recorder,
            self.ballots,
            self.decisions,
            self.evidence,
            self.openings,
            self.approvals,
            self.suspensions,
            self.verifier,
            self.rules,
            self.control_log,
            self.clock,
        )
        request = {"incident_id": INCIDENT, "round": self.round, "seats": []}
        made = consensus.decide(request).made
        if made.route == "execute" and self.incident_tried(made):
            self.note("consensus executes after an action that the evidence lists")

    def incident_tried(self, made: DecisionMade) -> bool:
        """Return whether the decision's evidence lists an action."""
        return bool(self.evidence.get_bundle(made.evidence).tried)

    def note(self, problem: str) -> None:
        """Note a broken property."""
        self.seen = replace(self.seen, problems=(*self.seen.problems, problem))

    def look(self, look: Look) -> None:
        """Freeze, vote on and decide another round."""
        now = str(self.actuator.world["alias_version"])
        self.round += 1
        self.candidate = rollback(look.to_version, now)
        self.bundled["candidates"] = (rollback("3", now), rollback("2", now))
        ended = all(effect.ended for effect in self.seen.effects)
        tried = tried_actions(self.ledger.actions(INCIDENT)) if look.honest else ()
        bundle = self.bundle(self.incident.opened.alarm).model_copy(update={"tried": tried})
        digest = self.write_evidence(bundle).evidence
        if ended:
            self.seen = replace(self.seen, fresh=self.seen.fresh | {self.round})
        for name in self.tiers:
            self.vote(self.ballot(name, look.conf_bp, digest))
        self._decide("", look.conf_bp, digest)
        self.ask(self.round)

    def people(self, operation: str, **fields: Any) -> dict[str, Any]:
        """Call the approval function."""
        signed_in = InMemoryTokens(self.subjects, self.clock)
        records = TrustedRecords(self.decisions, self.evidence, self.closings, self.ledger)
        approvals = Approvals(
            self.recorder,
            records,
            Authenticator(PEOPLE, signed_in, OURS, None, self.clock),
            self.approvals,
            self.task_tokens,
            self.signer,
            self.clock,
            600,
        )
        return approvals.handle({"operation": operation, **fields})

    def ask(self, round_: int) -> None:
        """Open the round's approval request, where one is wanted."""
        stored = self.decisions.find(INCIDENT, round_)
        if stored is not None and stored.decision["route"] == "approve":
            self._open(round_)

    def _open(self, round_: int) -> None:
        with suppress(InvalidInputError, RefusedError):
            self.people("open", incident_id=INCIDENT, round=round_)

    def question(self, round_: int) -> str:
        """Return the id of the round's approval request."""
        made = next(one for one in self.facts(DecisionMade) if one.round == round_)
        return approval_id(made)

    def grant(self, round_: int) -> None:
        """Have a person grant the round's request."""
        with suppress(InvalidInputError, RefusedError):
            proof = token("ann")
            fields = {"approval_id": self.question(round_), "answer": "granted", "proof": proof}
            self.people("answer", **fields)
            if self.round > round_:
                self.note("a grant after a newer decision")

    def act(self, round_: int, of: int | None) -> None:
        """Run the executor in a round, with the approval of a round or without one."""
        before = len(self.actuator.writes)
        approval = None if of is None else self.question(of)
        try:
            answer = self.run(approval=approval, round_=round_)
        except RefusedError:
            return
        if answer == "ask":
            self._open(round_)
        if len(self.actuator.writes) > before:
            stored = self.ledger.actions(INCIDENT)[-1].act
            self.judge(Effect(round_, stored.action, approval is not None))
            if of not in {None, round_}:
                self.note("a grant of another round")

    def judge(self, new: Effect) -> None:
        """Note the properties that the effect breaks."""
        old = self.seen.effects
        undone = {one.action for one in old if one.ended == "failed"}
        latest = max((one.round for one in old), default=0)
        for broken, problem in (
            (any(one.ended is None for one in old), "two effects at a time"),
            (len(old) >= 3, "more than three effects"),
            (old and not new.by_person, "an autonomous effect after another one"),
            (new.action in undone, "an action again that was undone"),
            (new.round <= latest, "an effect of a round up to the last that acted"),
            (new.round not in self.seen.fresh, "an effect on evidence from before the last end"),
            (not new.by_person and new.round < self.round, "a former round acts by itself"),
        ):
            if broken:
                self.note(problem)
        self.seen = replace(self.seen, effects=(*old, new))

    def end(self, verdict: Verdict) -> None:
        """Verify the last effect, and undo or settle it."""
        *before, last = self.seen.effects
        number = len(self.ledger.actions(INCIDENT))
        self.write_verdict(verdict, last.action, number=number)
        self.run("undo" if verdict == "failed" else "settle", round_=last.round)
        self.clock.advance(1)
        effects = (*before, last._replace(ended=verdict))
        self.seen = replace(self.seen, effects=effects, fresh=frozenset())

    def moves(self, space: Space) -> Iterator[Move]:
        """Yield what can come next."""
        if self.round < space.most:
            yield from (Move("look", look) for look in space.looks)
        rounds = range(self.round if space.in_order else 1, self.round + 1)
        for asked in self.approvals.of_incident(INCIDENT):
            if asked.state == "waiting":
                yield Move("grant", asked.round)
        granted = {a.round for a in self.approvals.of_incident(INCIDENT) if a.state == "granted"}
        granted &= set(rounds)
        yield from (Move("act", r, of) for r in rounds for of in (None, *sorted(granted)))
        if self.seen.effects and self.seen.effects[-1].ended is None:
            yield from (Move("end", verdict) for verdict in space.ends)

    def make(self, move: Move) -> None:
        """Make the move, a second later."""
        self.clock.advance(1)
        getattr(self, move.name)(*([move.what] if move.name != "act" else [move.what, move.of]))

    def saved(self) -> Mapping[str, Any]:
        """Return everything that a move may change."""
        held = {name: _containers(getattr(self, name)) for name in STORES}
        own = (self.seen, self.round, self.candidate, dict(self.bundled), self.clock.now)
        return {"held": held, "own": own}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Return to a saved state."""
        for name, held in saved["held"].items():
            vars(getattr(self, name)).update({n: _copied(value) for n, value in held.items()})
        self.seen, self.round, self.candidate, bundled, self.clock.now = saved["own"]
        self.bundled = dict(bundled)

    def key(self) -> object:
        """Return what two equal states have in common: everything but times, digests and ids."""
        decided = (self.decisions.find(INCIDENT, r) for r in range(1, self.round + 1))
        decisions = tuple(
            (d.decision["route"], d.decision["action"], r in self.seen.fresh)
            for r, d in enumerate(decided, start=1)
            if d is not None
        )
        asked = tuple((a.round, a.state, a.chosen) for a in self.approvals.of_incident(INCIDENT))
        fences = tuple(
            (p.act.round, p.act.action, p.act.state, p.undo and p.undo.state)
            for p in self.ledger.actions(INCIDENT)
        )
        refused = frozenset((one.guard, one.person_may) for one in self.facts(ActionRefused)[-1:])
        return decisions, asked, fences, refused, self.seen.effects


class Courses(NamedTuple):
    """The number of states, the most effects, and the shortest course that breaks a property."""

    states: int
    most_effects: int
    problem: str
    trace: tuple[Move, ...]


def explore(space: Space) -> Courses:
    """Visit every state, breadth first; stop at a broken property."""
    course = Course(space.first)
    queue: deque[tuple[Mapping[str, Any], tuple[Move, ...]]] = deque([(course.saved(), ())])
    seen: set[object] = {course.key()}
    effects = 0
    while queue:
        saved, trace = queue.popleft()
        course.restore(saved)
        for move in list(course.moves(space)):
            course.restore(saved)
            course.make(move)
            effects = max(effects, len(course.seen.effects))
            if course.seen.problems:
                return Courses(len(seen), effects, course.seen.problems[0], (*trace, move))
            key = course.key()
            if key not in seen:
                seen.add(key)
                queue.append((course.saved(), (*trace, move)))
    return Courses(len(seen), effects, "", ())


def rollback(to_version: str, now: str) -> Candidate:
    """Return the rollback of the alias from the version that is live now."""
    parameters = {**PARAMETERS, "to_version": to_version}
    return candidate(parameters=parameters, observed={"alias_version": now})


def _containers(part: object) -> dict[str, Any]:
    return {n: _copied(v) for n, v in vars(part).items() if isinstance(v, dict | list | set)}


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    return type(value)(value) if isinstance(value, list | set) else value
