"""Settings of a Lambda function and of one of its aliases."""

from typing import TYPE_CHECKING, Any

from quorum.adapters.resource_state.autoscaling import Autoscaling
from quorum.domain.evidence import Scalar
from quorum.domain.rollback_pins import pins

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient


class LambdaState:
    """Reads a function's settings: those of the alias, its concurrency, its pins.

    The keys are alias, alias_version, alias_revision, alias_weighted, reserved_concurrency,
    deploying and autoscaled; for a weighted alias also alias_weights (`8=0.1,9=0.2`), and the tags'
    pins. Without a name it uses the function's alias if there is exactly one.
    """

    def __init__(self, client: "LambdaClient", autoscaling: Autoscaling) -> None:
        self._client, self._autoscaling = client, autoscaling

    def __call__(self, function: str, alias: str | None) -> dict[str, Scalar] | None:
        """Return the settings; None when there is no such function."""
        try:
            configuration = self._client.get_function_configuration(FunctionName=function)
            concurrency = self._client.get_function_concurrency(FunctionName=function)
            tags = self._client.list_tags(Resource=configuration["FunctionArn"])
        except self._client.exceptions.ResourceNotFoundException:
            return None
        changing = {configuration.get("State"), configuration.get("LastUpdateStatus")}
        resolved = self._alias(function, alias)
        return {
            "reserved_concurrency": concurrency.get("ReservedConcurrentExecutions"),
            "deploying": bool(changing & {"Pending", "InProgress"}),
            "autoscaled": False,
            **pins(tags.get("Tags", {})),
            **({} if resolved is None else self._alias_settings(function, resolved)),
        }

    def _alias_settings(self, function: str, alias: Any) -> dict[str, Scalar]:
        name = alias["Name"]
        weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
        routed = ",".join(f"{version}={weight}" for version, weight in sorted(weights.items()))
        return {
            "alias": name,
            "alias_version": alias["FunctionVersion"],
            "alias_revision": alias["RevisionId"],
            "alias_weighted": bool(weights),
            **({"alias_weights": routed} if routed else {}),
            "autoscaled": self._autoscaling.owns("lambda", f"function:{function}:{name}"),
        }

    def _alias(self, function: str, alias: str | None) -> Any | None:
        if alias is None:
            pages = self._client.get_paginator("list_aliases").paginate(FunctionName=function)
            aliases = [item for page in pages for item in page["Aliases"]]
            return aliases[0] if len(aliases) == 1 else None
        try:
            return self._client.get_alias(FunctionName=function, Name=alias)
        except self._client.exceptions.ResourceNotFoundException:
            return None
