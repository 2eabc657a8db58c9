"""Step Functions: the role, the timeout of an execution, events, a callback's failed function."""

import contextvars
import json
import threading
from typing import Any

from local.emulator_patches.patching import Wrapper, service, wrap

_awaits_callback: contextvars.ContextVar[bool] = contextvars.ContextVar("awaits", default=False)
_role: contextvars.ContextVar[str] = contextvars.ContextVar("state_machine_role")


def apply() -> None:
    """Patch the interpreter's run loop and its Lambda call."""
    workflows = service("services.stepfunctions")
    wrap(workflows, "_run_execution", _bounded(workflows))
    wrap(workflows, "_fail_execution", _once)
    wrap(workflows, "_call_lambda", _as_role(workflows))
    wrap(workflows, "_call_lambda", _failing_callbacks(workflows))
    wrap(workflows, "_invoke_with_callback", _with_callback(workflows))
    wrap(workflows, "_invoke_resource", _handing_over(workflows))


def _bounded(workflows: Any) -> Any:
    """End an execution as TIMED_OUT after the state machine's `TimeoutSeconds`."""

    def make(run: Wrapper) -> Wrapper:
        def corrected(execution_arn: str) -> Any:
            execution = workflows._executions.get(execution_arn)  # noqa: SLF001
            machine = workflows._state_machines.get(execution["stateMachineArn"]) or {}  # noqa: SLF001
            _role.set(machine.get("roleArn", ""))
            limit = json.loads(machine.get("definition", "{}")).get("TimeoutSeconds")
            if limit is None:
                return run(execution_arn)
            context = contextvars.copy_context()
            timer = threading.Timer(limit, context.run, (_time_out, workflows, execution))
            timer.daemon = True
            timer.start()
            try:
                return run(execution_arn)
            finally:
                timer.cancel()

        return corrected

    return make


def _time_out(workflows: Any, execution: dict[str, Any]) -> None:
    if execution["status"] != "RUNNING":
        return
    execution |= {
        "status": "TIMED_OUT",
        "error": "States.Timeout",
        "cause": "the execution exceeded its TimeoutSeconds",
        "stopDate": workflows.now_iso(),
    }
    details = {"executionTimedOutEventDetails": {"error": "States.Timeout"}}
    workflows._add_event(execution, "ExecutionTimedOut", details)  # noqa: SLF001
    workflows._emit_execution_status_event(execution)  # noqa: SLF001


def _once(fail: Wrapper) -> Wrapper:
    """Ignore a failure after the execution has ended, by timeout or by StopExecution."""

    def corrected(execution: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        if execution["status"] == "RUNNING":
            fail(execution, *args, **kwargs)

    return corrected


class _FunctionFailedError(Exception):
    """A function that failed, where the emulator would ignore an error of its own kind."""


def _failing_callbacks(workflows: Any) -> Any:
    def make(call: Wrapper) -> Wrapper:
        def corrected(function: str, event: Any) -> Any:
            try:
                return call(function, event)
            except workflows._ExecutionError as error:  # noqa: SLF001
                if _awaits_callback.get():
                    raise _FunctionFailedError from error
                raise

        return corrected

    return make


def _with_callback(workflows: Any) -> Any:
    """Fail a task that waits for its token when the function that gets the token fails."""

    def make(invoke: Wrapper) -> Wrapper:
        def corrected(resource: str, sent: Any, token: str, state: Any) -> Any:
            waiting = _awaits_callback.set(True)
            try:
                return invoke(resource, sent, token, state)
            except _FunctionFailedError as failed:
                workflows._task_tokens.pop(token, None)  # noqa: SLF001
                raise failed.__cause__ or failed from None
            finally:
                _awaits_callback.reset(waiting)

        return corrected

    return make


def _handing_over(workflows: Any) -> Any:
    """Hand an event over to Lambda without waiting for the function."""

    def make(invoke: Wrapper) -> Wrapper:
        def corrected(resource: str, sent: Any) -> Any:
            if "states:::lambda:invoke" not in resource or sent.get("InvocationType") != "Event":
                return invoke(resource, sent)
            functions = service("services.lambda_svc")
            reference = workflows._resolve_lambda_function_ref(  # noqa: SLF001
                sent["FunctionName"], optimized=True
            )
            _demand(workflows, reference)
            function, config, name = functions._get_func_record_for_ref(reference)  # noqa: SLF001
            if not function or not config:
                missing = "Lambda.ResourceNotFoundException", f"Function not found: {name}"
                raise workflows._ExecutionError(*missing)  # noqa: SLF001
            record = functions._execution_record_for_config(function, config)  # noqa: SLF001
            functions.invoke_async_with_retry(record, sent.get("Payload"))
            return {"StatusCode": 202, "Payload": ""}

        return corrected

    return make


def _as_role(workflows: Any) -> Any:
    """Invoke a task's function with the permissions of the state machine's role."""

    def make(call: Wrapper) -> Wrapper:
        def corrected(function: str, event: Any) -> Any:
            _demand(workflows, function)
            return call(function, event)

        return corrected

    return make


def _demand(workflows: Any, function: str) -> None:
    """Raise the emulator's error unless the execution's role may call the function."""
    role = _role.get("")
    if role and not _may_invoke(role, function):
        cause = f"{role} is not authorized to perform: lambda:InvokeFunction on {function}"
        raise workflows._ExecutionError("Lambda.AWSLambdaException", cause)  # noqa: SLF001


def _may_invoke(role: str, function: str) -> bool:
    evaluator, responses = service("core.iam_evaluator"), service("core.responses")
    account, region = role.split(":")[4], responses.get_region()
    if not function.startswith("arn:"):
        function = f"arn:aws:lambda:{region}:{account}:function:{function}"
    request = evaluator.EvalContext(
        principal_arn=role,
        principal_type="AssumedRole",
        principal_account=account,
        action="lambda:InvokeFunction",
        resource_arn=function,
        region=region,
    )
    policies = evaluator._gather_role_policies(role.rsplit("/", 1)[-1], account)  # noqa: SLF001
    return bool(evaluator.evaluate(request, policies).decision == "Allow")
