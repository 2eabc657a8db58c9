"""Settings of a Lambda function and of its aliases."""

from collections.abc import Sequence
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from quorum.adapters.resource_state.autoscaling import Autoscaling
from quorum.adapters.resource_state.stack_updates import KEPT_SECONDS, StackUpdates
from quorum.domain.evidence import Scalar
from quorum.domain.resource_settings import several_setting
from quorum.domain.rollback_pins import pins

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient


ALWAYS_UNRESERVED: Final = 100
"""Lambda keeps this much of the account's pool for functions without a reservation."""


class LambdaState:
    """Reads a function's settings: those of the alias, its concurrency, its pins.

    The keys are alias, alias_version, alias_revision, alias_weighted, reserved_concurrency,
    deploying, autoscaled and its own log_group; for a weighted alias also alias_weights
    (`8=0.1,9=0.2`), for a reservation concurrency_room and concurrency_most, and the tags' pins.
    Without a name it uses the function's only alias; of several ones it reads version and revision,
    see `several_setting`.
    """

    def __init__(
        self, client: "LambdaClient", autoscaling: Autoscaling, stacks: StackUpdates | None = None
    ) -> None:
        self._client, self._autoscaling = client, autoscaling
        self._stacks = stacks or StackUpdates()
        self._limits: tuple[float, dict[str, Scalar]] | None = None
        self._lock = Lock()

    def __call__(self, function: str, alias: str | None) -> dict[str, Scalar] | None:
        """Return the settings; None when there is no such function."""
        try:
            configuration = self._client.get_function_configuration(FunctionName=function)
            concurrency = self._client.get_function_concurrency(FunctionName=function)
            tags = self._client.list_tags(Resource=configuration["FunctionArn"])
        except self._client.exceptions.ResourceNotFoundException:
            return None
        changing = {configuration.get("State"), configuration.get("LastUpdateStatus")}
        reserved = concurrency.get("ReservedConcurrentExecutions")
        found = self._aliases(function, alias)
        alone = self._alias_settings(function, found[0]) if len(found) == 1 else {}
        return {
            "reserved_concurrency": reserved,
            **({} if reserved is None else self._account_limits()),
            "deploying": bool(changing & {"Pending", "InProgress"})
            or self._stacks.running(tags.get("Tags", {})),
            "autoscaled": False,
            **_log_group(function, configuration),
            **pins(tags.get("Tags", {})),
            **(alone or _several(found)),
        }

    def _alias_settings(self, function: str, alias: Any) -> dict[str, Scalar]:
        name = alias["Name"]
        weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
        warming = [*weights.values()] == [1] and self._provisioned(function, name)
        if warming:  # Lambda's own weight, until the new version is provisioned
            weights = {}
        routed = ",".join(f"{version}={weight}" for version, weight in sorted(weights.items()))
        return {
            "alias": name,
            "alias_version": alias["FunctionVersion"],
            "alias_revision": alias["RevisionId"],
            "alias_weighted": bool(weights),
            **({"alias_weights": routed} if routed else {}),
            **({"deploying": True} if warming else {}),
            "autoscaled": self._autoscaling.owns("lambda", f"function:{function}:{name}"),
        }

    def _aliases(self, function: str, alias: str | None) -> Sequence[Any]:
        """Return the alias with this name, or all aliases without a name."""
        if alias is None:
            pages = self._client.get_paginator("list_aliases").paginate(FunctionName=function)
            return [item for page in pages for item in page["Aliases"]]
        try:
            return [self._client.get_alias(FunctionName=function, Name=alias)]
        except self._client.exceptions.ResourceNotFoundException:
            return []

    def _provisioned(self, function: str, alias: str) -> bool:
        """Return whether the alias has provisioned concurrency."""
        try:
            self._client.get_provisioned_concurrency_config(FunctionName=function, Qualifier=alias)
        except self._client.exceptions.ProvisionedConcurrencyConfigNotFoundException:
            return False
        return True

    def _account_limits(self) -> dict[str, Scalar]:
        """Return the units that the account has left, and the most that one function may reserve.

        Best effort: the executor reads them again, and refuses. Functions are read at the same
        time: one call answers for all of them.
        """
        with self._lock:
            if self._limits is None or monotonic() - self._limits[0] > KEPT_SECONDS:
                self._limits = monotonic(), self._limits_now()
            return self._limits[1]

    def _limits_now(self) -> dict[str, Scalar]:
        try:
            limits = self._client.get_account_settings()["AccountLimit"]
        except (ClientError, BotoCoreError):
            return {}
        return {
            "concurrency_room": limits["UnreservedConcurrentExecutions"] - ALWAYS_UNRESERVED,
            "concurrency_most": limits["ConcurrentExecutions"] // 2,
        }


def _several(aliases: Sequence[Any]) -> dict[str, Scalar]:
    """Return name, version and revision of each alias, by names of its own."""
    settings: dict[str, Scalar] = {}
    for alias in aliases:
        values = {
            "alias": alias["Name"],
            "alias_version": alias["FunctionVersion"],
            "alias_revision": alias["RevisionId"],
        }
        settings |= {several_setting(alias["Name"], name): v for name, v in values.items()}
    return settings


def _log_group(function: str, configuration: Any) -> dict[str, Scalar]:
    """Return the function's own log group, where it is not the one that Lambda makes for it."""
    group = configuration.get("LoggingConfig", {}).get("LogGroup")
    return {} if group in {None, f"/aws/lambda/{function}"} else {"log_group": group}
