"""Lambda: error types, warm environments after errors, reserved concurrency, weights, layers.

All environments share an unpacked layer, as on AWS: one copy for each is most of the disk writes of
starting a stage.
"""

import io
import os
import random
import tempfile
import threading
import zipfile
from functools import cache
from typing import Any

from local.emulator_patches.patching import Wrapper, replace_text, service, wrap

FAILED = (
    '{"status": "error", "error": str(e), "trace": traceback.format_exc()}',
    '{"status": "ok", "raised": type(e).__name__, "error": str(e),'
    ' "trace": traceback.format_exc()}',
)
EXITED = "Runtime.ExitError"
UNNAMED = "Runtime.HandlerError"
"""The emulator's own name for every error of a function; AWS has none like it."""
_last = threading.local()


def apply() -> None:
    """Patch the worker's script, its pool, and Invoke."""
    runtime, functions = service("core.lambda_runtime"), service("services.lambda_svc")
    replace_text(runtime, "_PYTHON_WORKER_SCRIPT", *FAILED)
    wrap(runtime.Worker, "invoke", _keep_warm)
    wrap(runtime.Worker, "_spawn", _sharing_layers(functions))
    wrap(functions, "_execute_function_warm", _name_the_error)
    wrap(functions, "_reserved_concurrency", _shared_by_versions(functions))
    wrap(functions, "_invoke", _weighted(functions))
    wrap(functions, "_throttle_response", _named_throttle)


def _keep_warm(invoke: Wrapper) -> Wrapper:
    """Keep the environment of a handler that raised; the worker returns the error as a result."""

    def corrected(*args: Any, **kwargs: Any) -> dict[str, Any]:
        result: dict[str, Any] = invoke(*args, **kwargs)
        _last.result = result
        return {**result, "status": "error"} if "raised" in result else result

    return corrected


def _sharing_layers(functions: Any) -> Any:
    """Unpack each layer once, and share the folder between Python environments."""
    unpacking = threading.Lock()

    @cache
    def unpacked(arn: str) -> str:
        place = tempfile.mkdtemp(prefix="layer-")
        content = functions._resolve_layer_zip(arn)  # noqa: SLF001
        zipfile.ZipFile(io.BytesIO(content)).extractall(place)
        return place

    def make(spawn: Wrapper) -> Wrapper:
        def corrected(worker: Any) -> None:
            config = worker.config
            with unpacking:
                places = [unpacked(_arn(layer)) for layer in config.get("Layers") or ()]
            given = config.get("Environment", {}).get("Variables", {})
            variables = {**given, "_LAMBDA_LAYERS_DIRS": os.pathsep.join(places)}
            worker.config = {**config, "Layers": [], "Environment": {"Variables": variables}}
            try:
                spawn(worker)
            finally:
                worker.config = config

        return corrected

    return make


def _arn(layer: Any) -> str:
    return str(layer if isinstance(layer, str) else layer["Arn"])


def _name_the_error(execute: Wrapper) -> Wrapper:
    """Return the error's name as `errorType`: Step Functions retries and catches by it.

    It is the exception's class where the handler raised, and AWS's name for a process that ended in
    the middle of a request: killed, out of memory or by `sys.exit`.
    """

    def corrected(function: Any, event: Any, request_id: str) -> dict[str, Any]:
        _last.result = {}
        result: dict[str, Any] = execute(function, event, request_id)
        if "raised" in _last.result:
            frames = str(_last.result["trace"]).splitlines()[1:-1]
            result["body"] |= {"errorType": _last.result["raised"], "stackTrace": frames}
        elif result.get("error") and result["body"].get("errorType") == UNNAMED:
            message = f"RequestId: {request_id} Error: Runtime exited without providing a reason"
            result["body"] |= {"errorType": EXITED, "errorMessage": message}
        return result

    return corrected


def _shared_by_versions(functions: Any) -> Any:
    """Apply a function's reserved concurrency to all of its versions and aliases together."""

    def make(reserved: Wrapper) -> Wrapper:
        def corrected(func: dict[str, Any], config: dict[str, Any]) -> int | None:
            base = functions._functions.get(config.get("FunctionName"))  # noqa: SLF001
            limit: int | None = reserved(base or func, config)
            return limit

        return corrected

    return make


def _weighted(functions: Any) -> Any:
    """Send an alias's weighted share of invocations to its other version."""

    def make(invoke: Wrapper) -> Wrapper:
        async def corrected(
            name: str,
            event: Any,
            headers: dict[str, str],
            path_qualifier: str | None = None,
            query: dict[str, Any] | None = None,
        ) -> Any:
            asked = path_qualifier or functions._qp_first(query or {}, "Qualifier")  # noqa: SLF001
            record = functions._functions.get(name) or {}  # noqa: SLF001
            alias = record.get("aliases", {}).get(asked, {})
            chosen = _draw(alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {}))
            return await invoke(name, event, headers, chosen or path_qualifier, query)

        return corrected

    return make


def _draw(weights: dict[str, float]) -> str | None:
    point = random.random()  # noqa: S311 (a canary's share is no secret)
    for version, weight in weights.items():
        point -= float(weight)
        if point < 0:
            return version
    return None


def _named_throttle(throttle: Wrapper) -> Wrapper:
    """Return the throttling error's name as `errorType`, for the Retry of a state machine."""

    def corrected(*args: Any, **kwargs: Any) -> dict[str, Any]:
        result: dict[str, Any] = throttle(*args, **kwargs)
        result["body"]["errorType"] = "Lambda.TooManyRequestsException"
        return result

    return corrected
