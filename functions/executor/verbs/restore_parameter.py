"""ssm.restore_parameter: write a former version's value again, keeping the current type and key.

Values stay inside this module. Captured, written, read and raised data hold version numbers only,
not even a digest, which would reveal a short secret. Parameter Store has no compare-and-set: the
version is read again right before the effect, and the version written reveals a race.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import boto3

from functions.executor.ports import Hazards, Scalars
from functions.executor.session import EFFECT_CONFIG, READ_CONFIG, Session
from functions.executor.targets import ParameterTarget
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
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_ssm.type_defs import ParameterHistoryTypeDef

KEPT: Final = ("Type", "KeyId", "Tier", "DataType", "AllowedPattern", "Description")
"""Attributes that a new version keeps from the one before it."""
History = dict[int, "ParameterHistoryTypeDef"]


class RestoreParameter:
    """Actuator of a parameter."""

    def __init__(self, reader: "SSMClient", writer: Callable[[Candidate], "SSMClient"]) -> None:
        self._reader, self._writer = reader, writer

    def hazards(self, candidate: Candidate) -> Hazards:
        """Return the tags' rollback limits: only a parameter's stack deploys it."""
        name = ParameterTarget.model_validate(candidate.parameters).name
        with aws_errors(name):
            tags = self._reader.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)
        return rollback_hazards(
            candidate, {tag["Key"]: tag["Value"] for tag in tags.get("TagList", ())}
        )

    def capture(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return the version; the one to restore must be in the history and differ."""
        target = ParameterTarget.model_validate(candidate.parameters)
        history = self._history(target)
        state = _state(target, history)
        check_unchanged(candidate, state)
        if state["version"] != target.from_version:
            raise WorldMovedError(f"{target.name} is now at version {state['version']}")
        former = history.get(target.to_version)
        if former is None:
            raise RefusedError(f"version {target.to_version} is no longer in the history")
        now = history[target.from_version]
        if former["Type"] != now["Type"] or former["Value"] == now["Value"]:
            raise RefusedError(
                f"version {target.to_version} has a different type or the same value"
            )
        _check_deliberate(target, history)
        return state

    def apply(self, candidate: Candidate, captured: Scalars) -> Effect:
        """Write the former value."""
        target = ParameterTarget.model_validate(candidate.parameters)
        return self._put(candidate, captured, target.to_version)

    def undo(self, candidate: Candidate, captured: Scalars, written: Scalars) -> Effect:
        """Write the captured version's value."""
        return self._put(candidate, written, int(str(captured["version"])))

    def read(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return the version, and the version whose value it has."""
        target = ParameterTarget.model_validate(candidate.parameters)
        return _state(target, self._history(target))

    def happened(self, candidate: Candidate, captured: Scalars, state: Scalars) -> bool:  # noqa: ARG002
        """Return whether a newer version has the former value."""
        return matches(state, {"value_of": candidate.parameters["to_version"]}, "value_of")

    def restored(self, candidate: Candidate, captured: Scalars, state: Scalars) -> bool:  # noqa: ARG002
        """Return whether the value is the captured one."""
        return matches(state, captured, "value_of")

    def _history(self, target: ParameterTarget) -> History:
        with aws_errors(target.name):
            pages = self._reader.get_paginator("get_parameter_history").paginate(
                Name=target.name, WithDecryption=True
            )
            return {found["Version"]: found for page in pages for found in page["Parameters"]}

    def _put(self, candidate: Candidate, expected: Scalars, value_of: int) -> Effect:
        target = ParameterTarget.model_validate(candidate.parameters)
        writer = self._writer(candidate)
        history = self._history(target)
        if max(history) != expected["version"]:
            raise WorldMovedError(f"{target.name} is no longer at version {expected['version']}")
        if value_of not in history:
            raise RefusedError(f"version {value_of} is no longer in the history")
        now: dict[str, Any] = {**history[max(history)]}
        with aws_errors(target.name):
            answer = writer.put_parameter(
                Name=target.name,
                Value=history[value_of]["Value"],
                Overwrite=True,
                **{name: now[name] for name in KEPT if now.get(name)},
            )
        written: dict[str, Scalar] = {"version": answer["Version"], "value_of": value_of}
        if answer["Version"] != max(history) + 1:
            written["overwrote"] = answer["Version"] - 1
        return Effect(written, request_id(answer))


def _check_deliberate(target: ParameterTarget, history: History) -> None:
    """Raise RefusedError if the current version is deliberate, or if its readers ask by a label.

    A version with the value of an earlier one restored that value. A label stays at its version, so
    readers by label would not get the new one.
    """
    now = history[target.from_version]
    if now.get("Labels"):
        raise RefusedError(f"version {target.from_version} has labels, and readers may use those")
    same = [v for v, found in history.items() if found["Value"] == now["Value"]]
    if min(same) < target.to_version:
        raise RefusedError(f"version {target.from_version} restored that of version {min(same)}")


def _state(target: ParameterTarget, history: History) -> dict[str, Scalar]:
    """Return the newest version, and which of the candidate's two versions has its value."""
    newest = max(history)
    matching = [
        version
        for version in (target.to_version, target.from_version)
        if newest > target.from_version
        and version in history
        and history[version]["Value"] == history[newest]["Value"]
    ]
    return {"version": newest, "value_of": matching[0] if matching else newest}


def build(session: Session) -> RestoreParameter:
    """Return the actuator on AWS."""
    return RestoreParameter(
        boto3.client("ssm", config=READ_CONFIG),
        lambda candidate: boto3.client("ssm", config=EFFECT_CONFIG, **session(candidate)),
    )
