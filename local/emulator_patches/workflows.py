"""Step Functions: the state machine's role, and the timeout of a whole execution."""

import contextvars
import json
import threading
from typing import Any

from local.emulator_patches.patching import Wrapper, service, wrap

_role: contextvars.ContextVar[str] = contextvars.ContextVar("state_machine_role")


def apply() -> None:
    """Patch the interpreter's run loop and its Lambda call."""
    workflows = service("services.stepfunctions")
    wrap(workflows, "_run_execution", _bounded(workflows))
    wrap(workflows, "_fail_execution", _once)
    wrap(workflows, "_call_lambda", _as_role(workflows))


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


def _as_role(workflows: Any) -> Any:
    """Invoke a task's function with the permissions of the state machine's role."""

    def make(call: Wrapper) -> Wrapper:
        def corrected(function: str, event: Any) -> Any:
            role = _role.get("")
            if role and not _may_invoke(role, function):
                cause = f"{role} is not authorized to perform: lambda:InvokeFunction on {function}"
                raise workflows._ExecutionError("Lambda.AWSLambdaException", cause)  # noqa: SLF001
            return call(function, event)

        return corrected

    return make


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
