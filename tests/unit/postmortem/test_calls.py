"""Transitions and durations of function calls, from an execution's history."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.postmortem.calls import Call, calls, function_name, transitions
from tests.builders.step_functions import History

CHAINED = pytest.mark.parametrize("chained", [True, False], ids=["aws", "emulator"])


@CHAINED
def test_calls_last_from_start_to_answer(chained: bool) -> None:  # noqa: FBT001
    history = History(chained=chained)
    history.call("evidence", 0, 1.5)

    assert calls(history.steps) == (Call("evidence", 1.5),)


@CHAINED
def test_calls_have_each_attempt_and_transitions_each_retry(chained: bool) -> None:  # noqa: FBT001
    history = History(chained=chained)
    history.add("TaskStateEntered", 0)
    history.attempt("evidence", 0, 1, "Failed")
    history.attempt("evidence", 2, 4, "TimedOut")
    history.attempt("evidence", 5, 6)
    history.add("SucceedStateEntered", 6)

    assert [call.seconds for call in calls(history.steps)] == [1, 2, 1]
    assert transitions(history.steps) == 4


def test_transitions_count_entered_states() -> None:
    history = History()
    for kind in ("Pass", "Choice", "Wait", "Parallel", "Succeed"):
        history.add(f"{kind}StateEntered", 0)
        history.add(f"{kind}StateExited", 0)

    assert transitions(history.steps) == 5


def test_calls_distinguish_concurrent_ones_by_the_services_chain() -> None:
    history = History()
    first = history.add("TaskScheduled", 0, after=1, name="seat")
    second = history.add("TaskScheduled", 1, after=1, name="seat")
    first = history.add("TaskStarted", 2, after=first)
    second = history.add("TaskStarted", 3, after=second)
    history.add("TaskSucceeded", 4, after=second)
    history.add("TaskSucceeded", 9, after=first)

    assert [call.seconds for call in calls(history.steps)] == [1, 7]


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0, 50)), max_size=8))
def test_calls_without_a_chain_have_the_same_total(
    spans: list[tuple[float, float]],
) -> None:
    history = History(chained=False)
    moments = [(start, "TaskScheduled") for start, _ in spans]
    moments += [(start + lasts, "TaskSucceeded") for start, lasts in spans]
    for at, kind in sorted(moments, key=lambda one: (one[0], one[1])):
        history.add(kind, at, name="seat")

    found = [call.seconds or 0 for call in calls(history.steps)]

    assert sum(found) == pytest.approx(sum(lasts for _, lasts in spans), abs=1e-4)


def test_calls_leave_out_the_time_a_task_waits_for_a_person() -> None:
    history = History()
    scheduled = history.add("TaskScheduled", 0, after=1, name="approval", waits=True)
    started = history.add("TaskStarted", 0, after=scheduled)
    submitted = history.add("TaskSubmitted", 0.4, after=started)
    history.add("TaskSucceeded", 600, after=submitted)

    assert calls(history.steps) == (Call("approval", 0.4),)


def test_calls_of_a_waiting_task_without_an_end_have_no_duration() -> None:
    history = History(chained=False)
    history.add("TaskScheduled", 0, name="approval", waits=True)
    history.add("TaskSucceeded", 600, name="approval", waits=True)

    assert calls(history.steps) == (Call("approval", None),)


def test_calls_have_an_unfinished_one_without_a_duration() -> None:
    history = History()
    history.add("LambdaFunctionScheduled", 0, after=1, name="postmortem")

    assert calls(history.steps) == (Call("postmortem", None),)


@pytest.mark.parametrize("how", ["LambdaFunctionScheduleFailed", "LambdaFunctionStartFailed"])
def test_calls_leave_out_one_that_never_ran(how: str) -> None:
    history = History()
    scheduled = history.add("LambdaFunctionScheduled", 0, after=1, name="evidence")
    history.add(how, 1, after=scheduled)

    assert calls(history.steps) == ()


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        ("arn:aws:lambda:us-east-1:123456789012:function:evidence:live", "evidence"),
        ("arn:aws:lambda:us-east-1:123456789012:function:evidence", "evidence"),
        ("arn:aws:states:::lambda:invoke", "arn:aws:states:::lambda:invoke"),
        ("invoke.waitForTaskToken", "invoke.waitForTaskToken"),
    ],
)
def test_function_name_is_the_arns(resource: str, name: str) -> None:
    assert function_name(resource) == name
