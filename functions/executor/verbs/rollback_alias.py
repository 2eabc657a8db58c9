"""lambda.rollback_alias: point an alias back, by compare-and-set on its revision."""

import json
from collections.abc import Callable
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
from quorum.ports.execution import Effect

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


class RollbackAlias:
    """Actuator of a function's alias."""

    def __init__(
        self, reader: "LambdaClient", writer: Callable[[Candidate], "LambdaClient"]
    ) -> None:
        self._reader, self._writer = reader, writer

    def hazards(self, candidate: Candidate) -> Hazards:
        """Return a weighted alias, a running update, and the tags' rollback limits."""
        target = AliasTarget.model_validate(candidate.parameters)
        state = self.read(candidate)
        with aws_errors(target.function):
            function = self._reader.get_function_configuration(FunctionName=target.function)
            tags = self._reader.list_tags(Resource=function["FunctionArn"])
        updating = function.get("LastUpdateStatus") == "InProgress"
        weighted = state["weights"] != "{}"
        return rollback_hazards(candidate, tags.get("Tags", {}))._replace(
            deploying=f"{target.function} is being updated" if updating else None,
            weighted=f"{target.alias} splits its traffic: {state['weights']}" if weighted else None,
        )

    def capture(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return version, weights and revision; the target version must be usable."""
        target = AliasTarget.model_validate(candidate.parameters)
        state = self.read(candidate)
        check_unchanged(candidate, {"alias": target.alias, **state})
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
        """Restore the captured version and weights."""
        version, weights = str(captured["alias_version"]), str(captured["weights"])
        return self._update(candidate, version, weights, written["alias_revision"])

    def read(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return the alias's version, revision and weights."""
        target = AliasTarget.model_validate(candidate.parameters)
        with aws_errors(f"alias {target.alias}"):
            alias = self._reader.get_alias(FunctionName=target.function, Name=target.alias)
        weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
        return {
            "alias_version": alias["FunctionVersion"],
            "alias_revision": alias["RevisionId"],
            "weights": json.dumps(weights, sort_keys=True),
        }

    def happened(self, candidate: Candidate, captured: Scalars, state: Scalars) -> bool:  # noqa: ARG002
        """Return whether the former version has all of the alias's traffic."""
        wanted = {"alias_version": candidate.parameters["to_version"], "weights": "{}"}
        return matches(state, wanted, "alias_version", "weights")

    def restored(self, candidate: Candidate, captured: Scalars, state: Scalars) -> bool:  # noqa: ARG002
        """Return whether the alias has its captured version and weights."""
        return matches(state, captured, "alias_version", "weights")

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


def build(session: Session) -> RollbackAlias:
    """Return the actuator on AWS."""
    return RollbackAlias(
        boto3.client("lambda", config=READ_CONFIG),
        lambda candidate: boto3.client("lambda", config=EFFECT_CONFIG, **session(candidate)),
    )
