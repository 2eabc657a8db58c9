"""Attempts that die, are retried and overtake each other: one vote, one decision, one effect.

For each promise that this rests on there is a run without it, and the shortest way in which that
goes wrong.
"""

from quorum.domain.events import INCIDENT_EVENT, DecisionMade
from tests.fakes.ballot_box import InMemoryBallotBox
from tests.fakes.decision_store import InMemoryDecisionStore
from tests.fakes.execution_ledger import InMemoryExecutionLedger
from tests.unit.voting.explorer import Explored, State, explore
from tests.unit.voting.parts import (
    ANSWERS,
    NoCondition,
    NoFence,
    NoSlot,
    counts,
    executions,
    executions_of_two_rounds,
    seats,
)

THOUGHTS = "121"
"""A model's answers to three attempts of one seat."""


def two_answers(state: State) -> bool:
    return len({repr(result) for result in state.results if result is not None}) > 1


def two_decisions(state: State) -> bool:
    """Return whether the attempts' answers and the log hold more than one decision."""
    answered = {call.answer.decision["route"] for call in state.calls("decide")}
    rows = [row for incident in state.parts["store"]._rows.values() for row in incident.values()]
    events = [INCIDENT_EVENT.validate_json(body) for _, body in rows]
    logged = [event.route for event in events if isinstance(event, DecisionMade)]
    return len(answered | set(logged)) > 1 or len(logged) > 1


def two_effects(state: State) -> bool:
    return len(state.parts["actuator"].writes) > 1


def shown(title: str, found: Explored) -> State:
    """Print the counterexample, and return where it ends."""
    assert found.violation, f"{title}: nothing went wrong in {found.states} states"
    print(title, found.words(), sep="\n")
    return found.violation


def test_retried_seat_with_another_answer_never_equivocates() -> None:
    found = explore(*seats(InMemoryBallotBox(), THOUGHTS), two_answers)

    assert not found.violation, found.words()
    assert found.ends == set(ANSWERS), "either answer can be the first"
    assert found.states > 3**3


def test_honest_seat_equivocates_without_the_ballot_slot() -> None:
    shown("without the slot", explore(*seats(NoSlot(), THOUGHTS), two_answers))


def test_round_has_one_decision_whatever_the_retries() -> None:
    found = explore(*counts(InMemoryDecisionStore(), 2), two_decisions)

    assert not found.violation, found.words()
    assert {"execute", "approve"} <= found.ends, "either count can be the first"


def test_round_is_decided_twice_without_the_condition() -> None:
    shown("without the condition", explore(*counts(NoCondition(), 2), two_decisions))


def test_executor_has_one_effect_whatever_the_retries() -> None:
    found = explore(*executions(InMemoryExecutionLedger, 2), two_effects)

    assert not found.violation, found.words()
    assert "acted" in found.ends


def test_executor_has_two_effects_without_the_fence() -> None:
    state = shown("without the fence", explore(*executions(NoFence, 2), two_effects))

    assert len(state.calls("apply")) == 2


def test_two_rounds_have_one_effect_whichever_comes_first() -> None:
    found = explore(*executions_of_two_rounds(InMemoryExecutionLedger), two_effects)

    assert not found.violation, found.words()
    assert {"acted", "refused"} <= found.ends


def test_two_rounds_have_two_effects_without_the_fence() -> None:
    shown("without the fence", explore(*executions_of_two_rounds(NoFence), two_effects))
