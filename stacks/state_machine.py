"""The pipeline as Amazon States Language, generated from the tables without side effects.

Function aliases are placeholders (`${Consensus}`) that the template substitutes. The state holds
only ids and small verdicts. Every task has a timeout, retries transient errors by name, and
catches all others.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from quorum.domain.constants import (
    MOST_ACTIONS,
    MOST_ROUNDS,
    RECOVERY_SECONDS,
    ROLE_TIMES,
)
from quorum.domain.evidence_times import MOST_WAIT_SECONDS
from quorum.domain.seats import RETRY_MAX_DELAY_SECONDS, Seat
from stacks.action_states import (
    ASK,
    LOOK_AGAIN_SECONDS,
    NEXT_ROUND,
    action_states,
    approval_states,
    dismissal_states,
)
from stacks.asl import ROUND, State, States, choice, next_round, task
from stacks.closing_states import PIPELINE, closing_states, hand_over
from stacks.seat_stages import all_votes, levels, stage_name, stages


class Times(NamedTuple):
    """Seconds: the time to answer an approval request, and between two checks of an alarm."""

    approval: int
    poll: int


def definition(seats: Iterable[Seat], seconds: Mapping[str, int], times: Times) -> dict[str, Any]:
    """Return the state machine. `seconds` is the timeout of one attempt, by function name."""
    table = tuple(seats)
    states: States = {
        **_opening(table, seconds),
        **stages(table, then="Consensus", otherwise=PIPELINE),
        **_deciding(table, seconds),
        **dismissal_states(seconds, poll=times.poll),
        **approval_states(seconds, approval=times.approval),
        **action_states(seconds, poll=times.poll),
        **closing_states(seconds),
    }
    return {
        "Comment": "Quorum's pipeline, generated from the tables by stacks/state_machine.py",
        "StartAt": "TellOpened",
        "TimeoutSeconds": longest_seconds(table, states),
        "States": states,
    }


def longest_seconds(seats: Iterable[Seat], states: States) -> int:
    """Return an upper bound of a run in seconds: the time that Step Functions gives it.

    Every round takes each task and stage and waits for a dismissal; each action waits for an answer
    and for recovery.
    """
    tasks = [state for state in states.values() if state["Type"] == "Task"]
    waits = [state for state in tasks if str(state["Resource"]).endswith("waitForTaskToken")]
    others = sum(task_seconds(state) for state in tasks if state not in waits)
    roles = sum(max(ROLE_TIMES[seat.role].maximum for seat in group) for _, group in levels(seats))
    rounds = MOST_ROUNDS * (others + roles + RECOVERY_SECONDS)
    return rounds + MOST_ACTIONS * (sum(map(task_seconds, waits)) + RECOVERY_SECONDS)


def task_seconds(state: State) -> int:
    """Return a Task's longest duration in seconds: all attempts time out, all waits are longest."""
    retries: int = sum(retrier["MaxAttempts"] for retrier in state["Retry"])
    limit: int = state.get("TimeoutSeconds", MOST_WAIT_SECONDS)
    return (retries + 1) * limit + retries * RETRY_MAX_DELAY_SECONDS


def _opening(seats: tuple[Seat, ...], seconds: Mapping[str, int]) -> States:
    first = stage_name(levels(seats)[0][1])
    return {
        "TellOpened": hand_over("opened", then="Evidence"),
        "Evidence": task(
            "evidence",
            seconds=seconds["evidence"],
            then=first,
            otherwise=PIPELINE,
            send=ROUND,
            keep="$.evidence",
        ),
    }


def _deciding(seats: tuple[Seat, ...], seconds: Mapping[str, int]) -> States:
    routes = {"execute": "Act", "approve": ASK, "dismiss": "WaitForHealth"}
    return {
        "Consensus": task(
            "consensus",
            seconds=seconds["consensus"],
            then="TellDecision",
            otherwise=PIPELINE,
            send={**ROUND, "seats.$": all_votes(seats)},
            keep="$.consensus",
        ),
        "TellDecision": hand_over("decision", then="Route"),
        "Route": choice("$.consensus.route", routes, default="NoProposal"),
        "NoProposal": choice(
            "$.consensus.then", {"look_again": "WaitForLook"}, default="EscalateDecision"
        ),
        "WaitForLook": {"Type": "Wait", "SecondsPath": LOOK_AGAIN_SECONDS, "Next": NEXT_ROUND},
        NEXT_ROUND: next_round(then="Evidence"),
    }
