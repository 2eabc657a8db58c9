"""The state machine of the templates, one state at a time, in Amazon States Language."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from tests.attacks.cloud.state import Execution

if TYPE_CHECKING:
    from tests.attacks.cloud.account import Account

TOKEN: Final = "$$.Task.Token"  # noqa: S105 - where Step Functions has it
PATIENCE_SECONDS: Final = 3600
"""The length of a Wait here, in seconds: longer than any verification after it."""
Data = dict[str, Any]
States = Mapping[str, Any]


class TaskError(Exception):
    """A task failed, by its error's name."""

    def __init__(self, name: str, cause: str) -> None:
        super().__init__(f"{name}: {cause}")
        self.name, self.cause = name, cause


class Machine:
    """Runs executions of the account."""

    def __init__(self, account: "Account") -> None:
        self._account = account
        definition = account.deployed.definition()
        self._first: str = definition["StartAt"]
        self._states: States = definition["States"]

    def place(self, name: str) -> str | None:
        """Return the state that is next in the execution; None when there is none."""
        run = self._account.state.executions.get(name)
        return None if run is None else (self._first if run.place == "start" else run.place)

    def kind(self, place: str) -> str:
        """Return the type of the state."""
        return str(self._states[place]["Type"])

    def step(self, name: str) -> None:
        """Do the next state of the execution that does something."""
        run = self._account.state.executions[name]
        place = self.place(name)
        assert place is not None, f"{name} is over"
        state = self._states[place]
        try:
            data, then = self._do(name, replace(run, place=place), state)
        except TaskError as error:
            data, then = self._caught(run.data, state, error)
        run = self._account.state.executions[name]
        status = "RUNNING" if then else ("FAILED" if state["Type"] == "Fail" else "SUCCEEDED")
        after = replace(run, place=then, data=data, status=status, token=None, answer=None)
        self._account.state.executions[name] = replace(after, passed=(*run.passed, place))

    def waits(self, name: str) -> None:
        """Begin a wait for an answer, unless it has begun."""
        run, place = self._account.state.executions[name], self.place(name)
        if place is None or run.token is not None:
            return
        state = self._states[place]
        if not _is_wait(state):
            return
        token = f"token-{name}-{len(run.passed)}"
        self._account.state.executions[name] = replace(run, place=place, token=token)
        sent = state["Parameters"]
        self._call(sent["FunctionName"], _filled(sent["Payload"], run.data, token), name)

    def _do(self, name: str, run: Execution, state: States) -> tuple[Data, str | None]:
        kind, data = state["Type"], run.data
        if kind == "Task":
            result = self._task(name, run, state)
            return _kept(data, state, result), state.get("Next")
        if kind == "Parallel":
            sent = _filled(state["Parameters"], data)
            results = [self._branch(branch, dict(sent), name) for branch in state["Branches"]]
            return _kept(data, state, results), state["Next"]
        if kind == "Choice":
            return data, _chosen(state, data)
        if kind == "Wait":
            path = state.get("SecondsPath")
            self._account.sleep(_read(path, data) if path else PATIENCE_SECONDS)
        if kind == "Pass":
            given = state.get("Parameters")
            result = state["Result"] if given is None else _filled(given, data)
            return _kept(data, state, result), state.get("Next")
        return data, state.get("Next")

    def _task(self, name: str, run: Execution, state: States) -> Any:
        if _is_event(state):
            return self._hand_over(state["Parameters"], run.data, name)
        if not _is_wait(state):
            return self._call(state["Resource"], _filled(state["Parameters"], run.data), name)
        self.waits(name)
        answer = self._account.state.executions[name].answer
        if answer is None:
            path = state.get("TimeoutSecondsPath")
            self._account.sleep(_read(path, run.data) if path else state["TimeoutSeconds"])
            raise TaskError("States.Timeout", "no answer")
        return json.loads(answer)

    def _hand_over(self, sent: Data, data: Data, name: str) -> Any:
        """Invoke the function with the event; its result and its error do not return.

        An event that fails is a dead letter on AWS, and fires an alarm; here it is lost.
        """
        with suppress(TaskError):
            self._call(sent["FunctionName"], _filled(sent["Payload"], data), name)
        return {"StatusCode": 202}

    def _branch(self, branch: States, data: Data, name: str) -> Any:
        place: str | None = branch["StartAt"]
        while place is not None:
            state = branch["States"][place]
            try:
                data, place = self._do(name, Execution(name, place, data), state)
            except TaskError as error:
                data, place = self._caught(data, state, error)
        return data

    def _caught(self, data: Data, state: States, error: TaskError) -> tuple[Data, str | None]:
        for catcher in state.get("Catch", ()):
            if {"States.ALL", error.name} & set(catcher["ErrorEquals"]):
                cause = {"Error": error.name, "Cause": error.cause}
                return _kept(data, catcher, cause), str(catcher["Next"])
        raise error

    def _call(self, arn: str, payload: Data, name: str) -> Any:
        function = arn.removesuffix(":live").rpartition(":")[2]
        if function.removeprefix(self._account.named("")) in self._account.host.silent:
            return {}
        answer = self._account.host.invoke(function, json.loads(json.dumps(payload)))
        if "errorType" in answer:
            raise TaskError(answer["errorType"], f"{answer['errorMessage']} in {name}")
        return answer


def _is_event(state: States) -> bool:
    return bool(state.get("Parameters", {}).get("InvocationType") == "Event")


def _is_wait(state: States) -> bool:
    return str(state.get("Resource", "")).endswith("waitForTaskToken")


def _filled(template: Any, data: Data, token: str = "") -> Any:
    if not isinstance(template, dict):
        return template
    return {
        name.removesuffix(".$"): _read(value, data, token)
        if name.endswith(".$")
        else _filled(value, data, token)
        for name, value in template.items()
    }


def _read(path: str, data: Data, token: str = "") -> Any:
    if path == TOKEN:
        return token
    if path == "$$.Execution.Id":
        return f"arn:aws:states:::execution:{data['incident_id']}"
    if path.startswith("States.Array("):
        inner = path.removeprefix("States.Array(").removesuffix(")")
        return [_read(one.strip(), data) for one in inner.split(",")]
    if path.startswith("States.MathAdd("):
        inner = path.removeprefix("States.MathAdd(").removesuffix(")")
        value, added = inner.split(",")
        return _read(value, data) + int(added)
    found: Any = data
    for part in path.removeprefix("$").replace("[", ".").replace("]", "").split("."):
        if part:
            found = found[int(part)] if part.isdigit() else found[part]
    return found


def _kept(data: Data, state: States, result: Any) -> Data:
    path = state.get("ResultPath", "$")
    if path is None:
        return data
    if path == "$":
        return dict(result)
    return {**data, path.removeprefix("$."): result}


def _chosen(state: States, data: Data) -> str:
    for rule in state["Choices"]:
        value = _read(rule["Variable"], data)
        if "IsNull" in rule:
            fits = (value is None) == rule["IsNull"]
        else:
            fits = value == rule["StringEquals"]
        if fits:
            return str(rule["Next"])
    return str(state["Default"])
