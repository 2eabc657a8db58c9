"""Rules for tasks, transitions and ends of the state machine."""

from quorum.domain.constants import ROLE_LEVELS, ROLE_TIMES
from quorum.domain.errors import TransientError
from quorum.domain.seats import Seat
from stacks.state_machine import task_seconds
from tests.unit.stacks.machines import Machine, State, machines, reachable, states, targets, tasks

EXECUTOR, MESSAGES, WAIT = "${Executor}", "${Communication}", "WaitForAnswer"
LOOK = "WaitForAnswerOrLook"
INVOKE = "arn:${Partition}:states:::lambda:invoke"
ENDS = {"Done", "NotClosed", "NotWritten"}
SERVICE_ERRORS = {
    "Lambda.TooManyRequestsException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ClientExecutionTimeoutException",
}
DEATHS = {"Runtime.ExitError", "Runtime.OutOfMemory", "Lambda.Unknown"}
OUT_OF_TIME = {"Sandbox.Timedout", "States.Timeout"}


def transient_errors_and_interruptions_are_retried_by_name(
    machine: Machine, seats: tuple[Seat, ...]
) -> None:
    wanted = {error.__name__ for error in TransientError.__subclasses__()} | SERVICE_ERRORS | DEATHS
    expiry = {"States.Timeout"}  # of an approval request
    last_tiers = {f"{seat.name} by {seat.tiers[-1].method}" for seat in seats}
    for name, state in tasks(machine):
        retried = {error for retrier in state["Retry"] for error in retrier["ErrorEquals"]}
        assert wanted <= retried <= wanted | OUT_OF_TIME, name
        if " by " not in name or name in last_tiers:
            assert retried >= OUT_OF_TIME - (expiry if name in {WAIT, LOOK} else set()), name
        assert name not in {WAIT, LOOK} or not retried & expiry
        for retrier in state["Retry"]:
            assert retrier["JitterStrategy"] == "FULL"
            assert retrier["BackoffRate"] > 1
            assert retrier["MaxDelaySeconds"] > retrier["IntervalSeconds"] > 0
            assert retrier["MaxAttempts"] > 0 or " by " in name


def everything_that_may_fail_is_caught(machine: Machine, _: tuple[Seat, ...]) -> None:
    for name, state in states(machine):
        if state["Type"] in {"Task", "Parallel"}:
            *named, last = (catcher["ErrorEquals"] for catcher in state["Catch"])
            assert last == ["States.ALL"], name
            assert all("States.ALL" not in errors for errors in named), name


def no_transition_dangles_and_no_state_is_idle(machine: Machine, _: tuple[Seat, ...]) -> None:
    names = [name for name, _state in states(machine)]
    assert len(names) == len(set(names))
    assert all(len(name) <= 80 for name in names)
    for one in machines(machine):
        assert reachable(one, one["StartAt"]) == set(one["States"])


def every_path_ends(machine: Machine, _: tuple[Seat, ...]) -> None:
    for one in machines(machine):
        ends = {name for name, s in one["States"].items() if not targets(s)}
        assert all(_is_end(one["States"][name]) for name in ends)
        assert all(reachable(one, name) & ends for name in one["States"])
    assert {n for n, s in machine["States"].items() if _is_end(s)} == ENDS


def nothing_goes_round_without_waiting(machine: Machine, _: tuple[Seat, ...]) -> None:
    for one in machines(machine):
        still = {n: s for n, s in one["States"].items() if not _waits(n, s)}
        done: set[str] = set()
        while ready := {
            n
            for n, s in still.items()
            if n not in done and not set(targets(s)) & (set(still) - done)
        }:
            done |= ready
        assert done == set(still)


def _waits(name: str, state: State) -> bool:
    """Return whether time passes here: a wait, or an answer that is awaited until the next look."""
    return state["Type"] == "Wait" or name == LOOK


def a_message_never_changes_the_way(machine: Machine, _: tuple[Seat, ...]) -> None:
    messages = [s for _name, s in tasks(machine) if _sends(s)]
    assert len(messages) == 7
    for state in messages:
        assert [catcher["Next"] for catcher in state["Catch"]] == [state["Next"]]
        assert state["ResultPath"] is None
        assert state["Catch"][0]["ResultPath"] is None


def no_message_is_awaited_before_an_effect(machine: Machine, _: tuple[Seat, ...]) -> None:
    """Before an effect messages are events that Lambda queues, not calls that return when sent."""
    found = machine["States"]
    effects = {name for name, state in found.items() if state.get("Resource") == EXECUTOR}
    for name, state in found.items():
        if _sends(state) and reachable(machine, name) & effects:
            assert state["Resource"] == INVOKE, name
            assert state["Parameters"]["InvocationType"] == "Event", name
            assert state["TimeoutSeconds"] <= 5, name


def messages_are_handed_over_at_the_start_and_before_the_wait(
    machine: Machine, _: tuple[Seat, ...]
) -> None:
    assert _sends(machine["States"][machine["StartAt"]]) == "opened"
    before = [
        name for name, state in machine["States"].items() if _sends(state) == "approval_wanted"
    ]
    assert before
    for name in before:
        (then,) = {*targets(machine["States"][name])}
        assert set(targets(machine["States"][then])) == {WAIT, LOOK}


def _sends(state: State) -> str | None:
    """Return the kind of message that the state sends or hands over; None if it does neither."""
    parameters = state.get("Parameters", {})
    if MESSAGES not in {state.get("Resource"), parameters.get("FunctionName")}:
        return None
    kind: str = parameters.get("Payload", parameters)["kind"]
    return kind


def every_task_is_bounded_and_so_is_the_run(machine: Machine, seats: tuple[Seat, ...]) -> None:
    assert all(_is_bounded(state) for _name, state in tasks(machine))
    outside = sum(task_seconds(s) for s in machine["States"].values() if s["Type"] == "Task")
    by_level: dict[int, int] = {}
    for seat in seats:
        level, longest = ROLE_LEVELS[seat.role], ROLE_TIMES[seat.role].maximum
        by_level[level] = max(by_level.get(level, 0), longest)
    assert machine["TimeoutSeconds"] >= outside + sum(by_level.values())
    for state in machine["States"].values():
        assert state["Type"] != "Choice" or state["Default"]


def _is_bounded(state: State) -> bool:
    """Return whether the task has a timeout: its own, or the seconds until the next look."""
    path = state.get("TimeoutSecondsPath")
    return state.get("TimeoutSeconds", 0) > 0 or path == "$.consensus.look_again_seconds"


def _is_end(state: State) -> bool:
    return state["Type"] in {"Succeed", "Fail"} or state.get("End") is True
