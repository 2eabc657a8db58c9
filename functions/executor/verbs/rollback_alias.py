"""lambda.rollback_alias: point an alias back, by compare-and-set on its revision."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import boto3

from functions.executor.ports import Hazards, Scalars
from functions.executor.session import EFFECT_CONFIG, READ_CONFIG, Session
from functions.executor.targets import AliasTarget
from functions.executor.verb_helpers import (
    aws_errors,
    check_unchanged,
    matches,
    request_id,
    rollback_hazards,
)
from quorum.domain.errors import RefusedError, WorldMovedError
from quorum.domain.evidence import Candidate, Scalar
from quorum.domain.resource_settings import several_setting
from quorum.ports.execution import Effect

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_lambda.type_defs import AliasConfigurationResponseTypeDef


class RollbackAlias:
    """Actuator of a function's alias."""

    def __init__(
        self, reader: "LambdaClient", writer: Callable[[Candidate], "LambdaClient"]
    ) -> None:
        self._reader, self._writer = reader, writer

    def hazards(self, candidate: Candidate) -> Hazards:
        """Return a weighted alias, a running update, and the tags' rollback limits.

        Provisioned concurrency that is being allocated to the candidate's own target is no hazard.
        """
        target = AliasTarget.model_validate(candidate.parameters)
        alias = self._alias(target)
        weights, warming = _weights(alias), self._warms(target, alias)
        with aws_errors(target.function):
            function = self._reader.get_function_configuration(FunctionName=target.function)
            tags = self._reader.list_tags(Resource=function["FunctionArn"])
        running = None
        if function.get("LastUpdateStatus") == "InProgress":
            running = f"{target.function} is being updated"
        elif warming and alias["FunctionVersion"] != target.to_version:
            running = f"{target.alias} waits for provisioned concurrency"
        split = weights and not warming
        return rollback_hazards(candidate, tags.get("Tags", {}))._replace(
            deploying=running,
            weighted=f"{target.alias} splits its traffic: {_text(weights)}" if split else None,
        )

    def capture(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return version, weights and revision; the target version must be usable."""
        target = AliasTarget.model_validate(candidate.parameters)
        state = self.read(candidate)
        check_unchanged(candidate, {**_settings(target, state), "alias": target.alias})
        if state["alias_version"] != target.from_version:
            raise WorldMovedError(f"{target.alias} now points to version {state['alias_version']}")
        with aws_errors(f"version {target.to_version}"):
            version = self._reader.get_function_configuration(
                FunctionName=target.function, Qualifier=target.to_version
            )
        if version.get("State", "Active") not in {"Active", "Inactive"}:
            raise RefusedError(f"version {target.to_version} is {version.get('State')}")
        return state

    def apply(self, candidate: Candidate, captured: Scalars) -> Effect:
        """Point the alias to the former version with all its traffic."""
        target = AliasTarget.model_validate(candidate.parameters)
        return self._update(candidate, target.to_version, "{}", captured["alias_revision"])

    def undo(self, candidate: Candidate, captured: Scalars, written: Scalars) -> Effect:
        """Restore the captured version and weights.

        Lambda itself makes new revisions while it allocates provisioned concurrency: then an alias
        with the version and weights that were written counts as unchanged.
        """
        target = AliasTarget.model_validate(candidate.parameters)
        version, weights = str(captured["alias_version"]), str(captured["weights"])
        now, revision = self.read(candidate), written["alias_revision"]
        as_written = matches(now, written, "alias_version", "weights")
        if as_written and now["alias_revision"] != revision and self._provisioned(target):
            revision = now["alias_revision"]
        return self._update(candidate, version, weights, revision)

    def read(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return the alias's version, revision and weights, without weights of Lambda's own."""
        target = AliasTarget.model_validate(candidate.parameters)
        alias = self._alias(target)
        weights = {} if self._warms(target, alias) else _weights(alias)
        return {
            "alias_version": alias["FunctionVersion"],
            "alias_revision": alias["RevisionId"],
            "weights": _text(weights),
        }

    def happened(self, candidate: Candidate, captured: Scalars, state: Scalars) -> bool:  # noqa: ARG002
        """Return whether the former version has all of the alias's traffic."""
        wanted = {"alias_version": candidate.parameters["to_version"], "weights": "{}"}
        return matches(state, wanted, "alias_version", "weights")

    def restored(self, candidate: Candidate, captured: Scalars, state: Scalars) -> bool:  # noqa: ARG002
        """Return whether the alias has its captured version and weights."""
        return matches(state, captured, "alias_version", "weights")

    def _alias(self, target: AliasTarget) -> "AliasConfigurationResponseTypeDef":
        with aws_errors(f"alias {target.alias}"):
            return self._reader.get_alias(FunctionName=target.function, Name=target.alias)

    def _warms(self, target: AliasTarget, alias: "AliasConfigurationResponseTypeDef") -> bool:
        """Return whether Lambda itself routes the traffic, until the new version is provisioned.

        It gives the former version a weight of 1. No one else can set weights then: Lambda refuses
        them for an alias with provisioned concurrency.
        """
        return [*_weights(alias).values()] == [1] and self._provisioned(target)

    def _provisioned(self, target: AliasTarget) -> bool:
        """Return whether the alias has provisioned concurrency."""
        with aws_errors(f"alias {target.alias}"):
            try:
                self._reader.get_provisioned_concurrency_config(
                    FunctionName=target.function, Qualifier=target.alias
                )
            except self._reader.exceptions.ProvisionedConcurrencyConfigNotFoundException:
                return False
        return True

    def _update(self, candidate: Candidate, version: str, weights: str, revision: Scalar) -> Effect:
        target = AliasTarget.model_validate(candidate.parameters)
        with aws_errors(f"alias {target.alias}"):
            answer = self._writer(candidate).update_alias(
                FunctionName=target.function,
                Name=target.alias,
                FunctionVersion=version,
                RoutingConfig={"AdditionalVersionWeights": json.loads(weights)},
                RevisionId=str(revision),
            )
        written = {"alias_version": version, "alias_revision": answer["RevisionId"]}
        return Effect({**written, "weights": weights}, request_id(answer))


def _weights(alias: "AliasConfigurationResponseTypeDef") -> Mapping[str, float]:
    return (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}


def _text(weights: Mapping[str, float]) -> str:
    return json.dumps(weights, sort_keys=True)


def _settings(target: AliasTarget, state: Scalars) -> dict[str, Scalar]:
    """Return the state also by the names that it has where a function has several aliases."""
    named = {several_setting(target.alias, name): value for name, value in state.items()}
    return {**state, **named, several_setting(target.alias, "alias"): target.alias}


def build(session: Session) -> RollbackAlias:
    """Return the actuator on AWS."""
    return RollbackAlias(
        boto3.client("lambda", config=READ_CONFIG),
        lambda candidate: boto3.client("lambda", config=EFFECT_CONFIG, **session(candidate)),
    )
