"""API Gateway: stage variables in an HTTP API's event, which MiniStack leaves out.

See "stageVariables" in the payload format 2.0 of Lambda proxy integrations.
"""

from typing import Any

from local.emulator_patches.patching import Wrapper, service, wrap


def apply() -> None:
    """Patch the invocation of the function behind a route."""
    gateway = service("services.apigateway")
    wrap(gateway, "run_reentrant", _with_variables(gateway))


def _with_variables(gateway: Any) -> Any:
    def make(run: Wrapper) -> Wrapper:
        async def corrected(function: Any, *args: Any, **options: Any) -> Any:
            return await run(function, *(_complete(gateway, arg) for arg in args), **options)

        return corrected

    return make


def _complete(gateway: Any, part: Any) -> Any:
    """Return a route's event with its stage variables, and anything else unchanged."""
    if not (isinstance(part, dict) and part.get("version") == "2.0" and "rawPath" in part):
        return part
    context = part["requestContext"]
    variables = gateway._get_stage_variables(context["apiId"], context["stage"])  # noqa: SLF001
    return {**part, "stageVariables": variables} if variables else part
