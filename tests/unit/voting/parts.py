"""Shared parts, some without the promise they make, and attempts at the product's three steps."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from functions.executor.outcome import EFFECT_SECONDS
from quorum.application.recorder import Recorder
from quorum.domain.decisions import Decided
from quorum.domain.evidence import Scalar
from quorum.domain.executions import Execution
from quorum.domain.votes import Ballot, Opinion, Vote
from quorum.ports.voting import SeatRecord
from tests.builders.actuators import GuardedActuator
from tests.builders.candidates import PARAMETERS, ROLLBACK, candidate
from tests.builders.consensus import Round
from tests.builders.events import INCIDENT
from tests.builders.executor import Case
from tests.builders.seats import Table
from tests.fakes import CountingIds, FakeClock
from tests.fakes.ballot_box import InMemoryBallotBox
from tests.fakes.decision_store import InMemoryDecisionStore
from tests.fakes.execution_ledger import InMemoryExecutionLedger
from tests.fakes.signing import sealed
from tests.simulation.scenarios import bad_release
from tests.unit.voting.explorer import Attempt, Parts

BUNDLE = bad_release(1).bundle()
ANSWERS = tuple(candidate.id for candidate in BUNDLE.candidates[:2])
LATE: Final = "diagnosis-model"
"""Eight seats at 0.9 reach the threshold; without this one they do not."""


class NoSlot(InMemoryBallotBox):
    """A ballot box in which the last ballot stands."""

    def claim(self, ballot: Ballot) -> Ballot:
        """Put it, whatever is there."""
        self._ballots[ballot.vote.seat, ballot.vote.incident, ballot.vote.round] = ballot
        return ballot


class NoCondition(InMemoryDecisionStore):
    """A book in which the last decision stands."""

    def decide(self, decided: Decided) -> Decided:
        """Put it, whatever is there."""
        self._decided[decided.incident_id, decided.round] = decided
        return decided


class NoFence(InMemoryExecutionLedger):
    """A ledger that admits every attempt."""

    def fence(self, execution: Execution) -> Execution | None:
        """Put it, whatever is there."""
        self._fences[execution.incident_id, execution.operation, execution.number] = execution
        return None


class BlindActuator(GuardedActuator):
    """An interface without compare-and-set: every call has an effect."""

    def _write(self, revision: Scalar, settings: Mapping[str, Scalar]) -> Any:  # noqa: ARG002
        return super()._write(self.world["revision"], settings)


def seats(box: InMemoryBallotBox, thoughts: str) -> tuple[Parts, list[Attempt]]:
    """Return attempts of one seat whose model gives answer 1 or 2, by `thoughts`."""
    table = Table(BUNDLE)

    def attempt(thought: str) -> Callable[[Parts], object]:
        opinion = Opinion(probabilities={ANSWERS[int(thought) - 1]: 0.9}, reason="because")
        seating = replace(table.seating, methods={"robust-z": lambda *_: opinion}, now=FakeClock())
        return lambda parts: replace(seating, box=parts["box"]).answer(table.request())

    tried = [
        Attempt(f"attempt {n} of the seat, thinking {thought}", attempt(thought))
        for n, thought in enumerate(thoughts, start=1)
    ]
    return {"box": box}, tried


class Ballots:
    """A ballot box in which nothing changes but the contested ballot, which the part holds."""

    def __init__(self, settled: InMemoryBallotBox, contested: Any) -> None:
        self._settled, self._contested = settled, contested

    def read(self, seat: str, incident_id: str, round_: int) -> SeatRecord:
        """Return what the seat's table holds."""
        box = self._contested if seat == LATE else self._settled
        found: SeatRecord = box.read(seat, incident_id, round_)
        return found

    def cast(self, vote: Vote, signed_vote: str) -> str:
        """Fail: no seat signs during the count."""
        raise NotImplementedError

    def claim(self, ballot: Ballot) -> Ballot:
        """Fail: no seat claims a ballot during the count."""
        raise NotImplementedError


def counts(book: InMemoryDecisionStore, attempts: int) -> tuple[Parts, list[Attempt]]:
    """Return attempts to count a round, while the ballot that decides it is still on its way."""
    ready = Round()
    ready.all_vote(ROLLBACK.id, 9000, but=("resolution-policy", "prediction-model"))
    ballot = ready.ballots._ballots.pop((LATE, INCIDENT, 1))
    parts: Parts = {"store": ready.store, "book": book, "box": InMemoryBallotBox()}

    def count(given: Parts) -> object:
        recorder = Recorder(given["store"], now=FakeClock(), new_id=CountingIds(), sleep=_no_time)
        box = Ballots(ready.ballots, given["box"])
        counting = replace(
            ready.consensus(),
            recorder=recorder,
            ballots=box,
            decisions=given["book"],
            now=FakeClock(),
        )
        return counting.decide({"incident_id": INCIDENT, "round": 1, "seats": []}).made

    tried = [Attempt(f"count {n}", count) for n in range(1, attempts + 1)]

    def answer(given: Parts) -> object:
        claimed = given["box"].claim(ballot)
        return given["box"].cast(claimed.vote, sealed(claimed.vote, LATE))

    return parts, [*tried, Attempt(LATE, answer)]


def executions(
    ledger: Callable[[FakeClock], InMemoryExecutionLedger], attempts: int
) -> tuple[Parts, list[Attempt]]:
    """Return attempts to act on a decision of a quorum."""
    case = Case()
    parts: Parts = {
        "store": case.store,
        "ledger": ledger(case.clock),
        "actuator": BlindActuator({"alias": "live", "alias_version": "4"}, {"alias_version": "3"}),
    }
    return parts, [Attempt(f"executor {n}", _act(case, n)) for n in range(1, attempts + 1)]


def executions_of_two_rounds(
    ledger: Callable[[FakeClock], InMemoryExecutionLedger],
) -> tuple[Parts, list[Attempt]]:
    """Return attempts to act on the decisions of two rounds, each granted by people."""
    case = Case(mode="approve", route="approve")
    former = case.approve()
    case.next_round(chosen=candidate(parameters={**PARAMETERS, "to_version": "2"}))
    grants = (former, case.approve())
    parts: Parts = {
        "store": case.store,
        "ledger": ledger(case.clock),
        "actuator": BlindActuator({"alias": "live", "alias_version": "4"}, {"alias_version": "3"}),
    }
    tried = [
        Attempt(f"executor in round {n}", _act(case, n, round_=n, approval=grants[n - 1]))
        for n in (1, 2)
    ]
    return parts, tried


def _act(case: Case, number: int, **request: Any) -> Callable[[Parts], object]:
    def run(given: Parts) -> object:
        clock, ids = FakeClock(case.clock.now), CountingIds(f"executor-{number}")
        shelf: Any = _Shelf(given["actuator"])

        def wait(_: float) -> None:
            clock.advance(EFFECT_SECONDS + 1)

        return case.run(
            **request,
            recorder=Recorder(given["store"], now=clock, new_id=ids, sleep=wait),
            ledger=given["ledger"],
            actuators=shelf,
            now=clock,
            new_id=ids,
            sleep=wait,
        )

    return run


class _Shelf:
    def __init__(self, actuator: object) -> None:
        self._actuator = actuator

    def actuator(self, *_: str) -> object:
        """Return it, whichever verb is asked for."""
        return self._actuator


def _no_time(_: float) -> None:
    """Wait for nothing: others move whenever they can."""
