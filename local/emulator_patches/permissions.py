"""IAM: the action and the resource that a request is authorised for."""

import json
from importlib import import_module
from typing import Any
from urllib.parse import unquote

from local.emulator_patches.patching import Wrapper, service, wrap

# (what follows the function's name, whether an item is named) → the action of each method
ACTIONS = {
    ("aliases", True): {"GET": "GetAlias", "PUT": "UpdateAlias", "DELETE": "DeleteAlias"},
    ("concurrency", False): {
        "GET": "GetFunctionConcurrency",
        "PUT": "PutFunctionConcurrency",
        "DELETE": "DeleteFunctionConcurrency",
    },
    ("provisioned-concurrency", False): {
        "GET": "GetProvisionedConcurrencyConfig",
        "PUT": "PutProvisionedConcurrencyConfig",
        "DELETE": "DeleteProvisionedConcurrencyConfig",
    },
}


def apply() -> None:
    """Patch the mapping of a request to its action, resource and condition keys."""
    actions = service("core.iam_actions")
    wrap(actions, "_lambda_action", _lambda_action)
    wrap(actions, "extract_iam_action", _action)
    wrap(actions, "extract_resource_arn", _resource)
    wrap(actions, "request_tag_context", _with_namespace)


def _lambda_action(action: Wrapper) -> Wrapper:
    """Map the alias and concurrency calls to their own actions."""

    def corrected(method: str, path: str) -> str | None:
        parts = [part for part in path.split("/") if part]
        if "functions" in parts:
            rest = parts[parts.index("functions") + 2 :]
            named = ACTIONS.get((rest[0], len(rest) > 1), {}).get(method) if rest else None
            if named:
                return named
        found: str | None = action(method, path)
        return found

    return corrected


def _action(action: Wrapper) -> Wrapper:
    """Map Converse to bedrock:InvokeModel."""

    def corrected(*args: Any, **kwargs: Any) -> str | None:
        found: str | None = action(*args, **kwargs)
        return "bedrock:InvokeModel" if found == "bedrock:Converse" else found

    return corrected


def _resource(resource: Wrapper) -> Wrapper:
    """Map requests to the resources of AWS.

    An invocation to the qualified ARN, a log group to an ARN that ends in `:*`, mail to its
    sender's identity, a model id with `%3A` to one with a colon, a move of messages to its queue.
    """

    def corrected(name: str, *args: Any, **kwargs: Any) -> str:
        arn: str = resource(name, *args, **kwargs)
        if name == "lambda" and arn.count(":") == 6:  # noqa: PLR2004 (…:function:name)
            path, query = unquote(str(args[1])), args[4] or {}
            qualifier = query.get("Qualifier") if path.endswith("/invocations") else None
            qualifier = qualifier[0] if isinstance(qualifier, list) else qualifier
            return f"{arn}:{qualifier}" if qualifier else arn
        if name == "ses" and str(args[1]).endswith("/outbound-emails"):
            region, account = args[5], args[6]
            return f"arn:aws:ses:{region}:{account}:identity/{_sender(args[3])}"
        if name == "bedrock-runtime":
            return unquote(arn)
        if name == "sqs" and b"SourceArn" in (args[3] or b""):
            return str(json.loads(args[3])["SourceArn"])
        if name == "logs" and ":log-group:" in arn and not arn.endswith(":*"):
            return f"{arn}:*"
        return arn

    return corrected


def _sender(body: bytes) -> str:
    """Return the sender's address of a SES v2 e-mail, without the display name."""
    sender = str(json.loads(body).get("FromEmailAddress", ""))
    return sender.rpartition("<")[2].rstrip(">")


def _with_namespace(context: Wrapper) -> Wrapper:
    """Set the condition key `cloudwatch:namespace` of PutMetricData."""

    def corrected(name: str, action: str, body: bytes, query: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = context(name, action, body, query)
        if action == "cloudwatch:PutMetricData":
            found["cloudwatch:namespace"] = _namespace(body, query)
        return found

    return corrected


def _namespace(body: bytes, query: dict[str, Any]) -> Any:
    if body[:1] == b"{":
        return json.loads(body).get("Namespace")
    if "Namespace" in query:
        value = query["Namespace"]
        return value[0] if isinstance(value, list) else value
    return import_module("cbor2").loads(body).get("Namespace")
