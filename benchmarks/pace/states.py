"""The state machine itself, interpreted: the definition that the stacks generate, on any clock.

The subset of Amazon States Language (JSONPath) that the definition uses.
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

import copy
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from tests.fakes import FakeClock


class Invocation(NamedTuple):
    """One call of a function by a task."""

    function: str
    """The placeholder of its alias."""
    payload: dict[str, Any]
    asynchronous: bool = False
    """The run goes on at once: Lambda keeps the event."""
    timeout: float = 0.0
    """Seconds that the task may take."""


Call = Callable[[Invocation], Any]
MOST_STATES: Final = 2000
_PLACEHOLDER: Final = re.compile(r"\$\{(\w+)\}")
_FUNCTION: Final = re.compile(r"States\.Array\((.*)\)")


class TaskError(Exception):
    """A task failed with a name that Retry and Catch match."""

    def __init__(self, name: str, cause: str) -> None:
        super().__init__(f"{name}: {cause}")
        self.name, self.cause = name, cause


class Machine:
    """One definition and what runs its tasks. `wait` lets the clock pass."""

    def __init__(
        self,
        definition: Mapping[str, Any],
        call: Call,
        clock: FakeClock,
        wait: Callable[[float], None],
    ) -> None:
        self._definition, self._call, self._clock, self._wait = definition, call, clock, wait
        self.visited: list[tuple[datetime, str]] = []

    def run(self, data: dict[str, Any], until: datetime) -> dict[str, Any]:
        """Run to an end state, or until the given time; return the state's data then."""
        return dict(self._run(self._definition, data, until))

    def _run(self, machine: Mapping[str, Any], data: Any, until: datetime) -> Any:
        name: str | None = machine["StartAt"]
        for _ in range(MOST_STATES):
            if name is None or self._clock() >= until:
                return data
            state = machine["States"][name]
            self.visited.append((self._clock(), name))
            data, name = self._step(state, data, until)
        raise TaskError("States.Runtime", "too many states")

    def _step(self, state: Mapping[str, Any], data: Any, until: datetime) -> tuple[Any, str | None]:
        match state["Type"]:
            case "Choice":
                return data, _chosen(state, data)
            case "Wait":
                self._wait(_seconds(state, "Seconds", data))
                return data, state["Next"]
            case "Pass":
                result = state["Result"] if "Result" in state else _input(state, data)
                return _kept(state, data, result), state.get("Next")
            case "Succeed" | "Fail":
                return data, None
            case "Task":
                return self._guarded(state, data, lambda: self._task(state, data))
            case "Parallel":
                return self._guarded(state, data, lambda: self._parallel(state, data, until))
            case other:
                raise TaskError("States.Runtime", f"unknown state type {other}")

    def _guarded(
        self, state: Mapping[str, Any], data: Any, work: Callable[[], Any]
    ) -> tuple[Any, str | None]:
        """Return the result, after retries; what a Catch takes goes on where it says."""
        retries = 0
        while True:
            try:
                result = work()
            except TaskError as error:
                retrier = _matching(state.get("Retry", ()), error)
                if retrier is not None and retries < retrier["MaxAttempts"]:
                    seconds = retrier["IntervalSeconds"] * retrier["BackoffRate"] ** retries
                    self._wait(min(seconds, retrier.get("MaxDelaySeconds", seconds)) / 2)
                    retries += 1
                    continue
                catcher = _matching(state.get("Catch", ()), error)
                if catcher is None:
                    raise
                caught = {"Error": error.name, "Cause": error.cause}
                return _put(data, catcher.get("ResultPath", "$"), caught), catcher["Next"]
            return _kept(state, data, result), state.get("Next")

    def _task(self, state: Mapping[str, Any], data: Any) -> Any:
        payload, resource = _filled(state["Parameters"], data), str(state["Resource"])
        function, asynchronous = resource, False
        if "FunctionName" in payload:
            asynchronous = payload.get("InvocationType") == "Event"
            function, payload = payload["FunctionName"], payload["Payload"]
        found = _PLACEHOLDER.search(function)
        if found is None:
            raise TaskError("States.Runtime", f"unknown resource {function}")
        timeout = _seconds(state, "TimeoutSeconds", data)
        result = self._call(Invocation(found.group(1), payload, asynchronous, timeout))
        return {"Payload": result} if resource.endswith("lambda:invoke") else result

    def _parallel(self, state: Mapping[str, Any], data: Any, until: datetime) -> list[Any]:
        """Run the branches one after the other, each from the same time; the slowest sets it."""
        start, latest = self._clock(), self._clock()
        given = _input(state, data)
        results = []
        for branch in state["Branches"]:
            self._clock.now = start
            results.append(self._run(branch, copy.deepcopy(given), until))
            latest = max(latest, self._clock())
        self._clock.now = start
        self._wait((latest - start) / timedelta(seconds=1))
        return results


def _seconds(state: Mapping[str, Any], field: str, data: Any) -> float:
    """Return the field's seconds, or those at its path; 0 without either."""
    path = state.get(f"{field}Path")
    return float(state.get(field, 0) if path is None else _get(data, path))


def _chosen(state: Mapping[str, Any], data: Any) -> str:
    for rule in state["Choices"]:
        if _holds(rule, data):
            return str(rule["Next"])
    return str(state["Default"])


def _holds(rule: Mapping[str, Any], data: Any) -> bool:
    if "And" in rule:
        return all(_holds(one, data) for one in rule["And"])
    if "Or" in rule:
        return any(_holds(one, data) for one in rule["Or"])
    if "Not" in rule:
        return not _holds(rule["Not"], data)
    if "IsPresent" in rule:
        return _present(data, rule["Variable"]) is bool(rule["IsPresent"])
    value = _get(data, rule["Variable"])
    if "IsNull" in rule:
        return (value is None) is bool(rule["IsNull"])
    tests: dict[str, Callable[[Any], bool]] = {
        "StringEquals": lambda wanted: bool(value == wanted),
        "BooleanEquals": lambda wanted: bool(value == wanted),
        "NumericEquals": lambda wanted: bool(value == wanted),
        "NumericLessThan": lambda wanted: bool(value < wanted),
        "NumericLessThanEquals": lambda wanted: bool(value <= wanted),
        "NumericGreaterThan": lambda wanted: bool(value > wanted),
        "NumericGreaterThanEquals": lambda wanted: bool(value >= wanted),
    }
    name = next((test for test in tests if test in rule), None)
    if name is None:
        raise TaskError("States.Runtime", f"unknown comparison in {sorted(rule)}")
    return tests[name](rule[name])


def _matching(rules: Any, error: TaskError) -> Mapping[str, Any] | None:
    for rule in rules:
        if {error.name, "States.ALL", "States.TaskFailed"} & set(rule["ErrorEquals"]):
            return dict(rule)
    return None


def _input(state: Mapping[str, Any], data: Any) -> Any:
    return _filled(state["Parameters"], data) if "Parameters" in state else data


def _filled(template: Any, data: Any) -> Any:
    """Return the parameters with their paths and intrinsic functions resolved."""
    if isinstance(template, list):
        return [_filled(one, data) for one in template]
    if not isinstance(template, dict):
        return template
    filled = {}
    for key, value in template.items():
        if key.endswith(".$"):
            filled[key[:-2]] = _resolved(value, data)
        else:
            filled[key] = _filled(value, data)
    return filled


def _resolved(path: str, data: Any) -> Any:
    if path.startswith("$$."):
        return path.removeprefix("$$.")
    function = _FUNCTION.fullmatch(path)
    if function is not None:
        return [_get(data, one.strip()) for one in function.group(1).split(",")]
    added = re.fullmatch(r"States\.MathAdd\(([^,]+), *(-?\d+)\)", path)
    if added is not None:
        return _get(data, added.group(1).strip()) + int(added.group(2))
    if path.startswith("States."):
        raise TaskError("States.Runtime", f"unknown intrinsic function {path}")
    return _get(data, path)


def _steps(path: str) -> list[str | int]:
    found = re.findall(r"\.?([^.\[\]]+)|\[(\d+)\]", path.removeprefix("$"))
    return [int(index) if index else name for name, index in found]


def _get(data: Any, path: str) -> Any:
    for step in _steps(path):
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError) as error:
            raise TaskError("States.ParameterPathFailure", path) from error
    return data


def _present(data: Any, path: str) -> bool:
    try:
        _get(data, path)
    except TaskError:
        return False
    return True


def _kept(state: Mapping[str, Any], data: Any, result: Any) -> Any:
    """Return the data with the result where the state keeps it."""
    selector = state.get("ResultSelector")
    chosen = result if selector is None else _filled(selector, result)
    return _put(data, state.get("ResultPath", "$"), chosen)


def _put(data: Any, path: str | None, value: Any) -> Any:
    if path is None:
        return data
    steps = _steps(path)
    if not steps:
        return value
    whole = copy.deepcopy(data)
    place = whole
    for step in steps[:-1]:
        place = place.setdefault(step, {})
    place[steps[-1]] = value
    return whole
