"""dynamodb.raise_capacity: raise a table's or index's units, or switch to on-demand billing.

DynamoDB has no compare-and-set here: the captured state is read again right before the effect.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import boto3

from functions.executor.ports import Hazards, Scalars
from functions.executor.session import EFFECT_CONFIG, READ_CONFIG, Session
from functions.executor.targets import CapacityTarget
from functions.executor.verb_helpers import aws_errors, check_unchanged, matches, request_id
from quorum.domain.errors import (
    RefusedError,
    SourceUnavailableError,
    WorldMovedError,
)
from quorum.domain.evidence import Candidate, Scalar
from quorum.domain.resource_settings import index_setting
from quorum.ports.execution import Effect

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PROVISIONED: Final = "PROVISIONED"


class RaiseCapacity:
    """Actuator of a table or index. `scaling` is an Application Auto Scaling client."""

    def __init__(
        self,
        reader: "DynamoDBClient",
        scaling: Any,
        writer: Callable[[Candidate], "DynamoDBClient"],
    ) -> None:
        self._reader, self._scaling, self._writer = reader, scaling, writer

    def hazards(self, candidate: Candidate) -> Hazards:
        """Return a running update, and autoscaling of the table's or the index's own units."""
        target = CapacityTarget.model_validate(candidate.parameters)
        table = self._table(target)
        owned_by = f"table/{target.table}" + (f"/index/{target.index}" if target.index else "")
        status = _status(target, table)
        with aws_errors(f"the scaling of {target.table}"):
            answer = self._scaling.describe_scalable_targets(
                ServiceNamespace="dynamodb", ResourceIds=[owned_by]
            )
        owned = [found["ScalableDimension"] for found in answer["ScalableTargets"]]
        return Hazards(
            deploying=None if status == "ACTIVE" else f"{target.table} is {status}",
            autoscaled=f"autoscaling owns {', '.join(sorted(owned))}" if owned else None,
        )

    def capture(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return the capacity; the table must be active and provisioned as observed."""
        target = CapacityTarget.model_validate(candidate.parameters)
        table = self._table(target)
        state = _state(target, table)
        check_unchanged(candidate, state)
        if state["billing"] != PROVISIONED:
            raise RefusedError(f"{target.table} has no provisioned capacity")
        if _units(target, state) != (target.from_read, target.from_write):
            raise WorldMovedError(f"{target.table} now has {state}")
        if target.to_billing and table.get("GlobalSecondaryIndexes"):
            raise RefusedError(f"{target.table}: the capacity of its indexes could not be restored")
        return state

    def apply(self, candidate: Candidate, captured: Scalars) -> Effect:
        """Raise the units, or switch to on-demand billing."""
        target = CapacityTarget.model_validate(candidate.parameters)
        return self._update(candidate, captured, target.target_settings)

    def undo(self, candidate: Candidate, captured: Scalars, written: Scalars) -> Effect:
        """Restore the captured capacity."""
        return self._update(candidate, written, captured)

    def read(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return the capacity. Raises SourceUnavailableError during an update."""
        target = CapacityTarget.model_validate(candidate.parameters)
        return _state(target, self._table(target))

    def happened(self, candidate: Candidate, captured: Scalars, state: Scalars) -> bool:  # noqa: ARG002
        """Return whether the capacity is the raised one."""
        wanted = CapacityTarget.model_validate(candidate.parameters).target_settings
        return matches(state, wanted, *wanted)

    def restored(self, candidate: Candidate, captured: Scalars, state: Scalars) -> bool:  # noqa: ARG002
        """Return whether the capacity is the captured one."""
        return matches(state, captured, *captured)

    def _table(self, target: CapacityTarget) -> Any:
        with aws_errors(target.table):
            return self._reader.describe_table(TableName=target.table)["Table"]

    def _update(self, candidate: Candidate, expected: Scalars, wanted: Scalars) -> Effect:
        target = CapacityTarget.model_validate(candidate.parameters)
        writer = self._writer(candidate)
        now = self.read(candidate)
        if not matches(now, expected, *now):
            raise WorldMovedError(f"{target.table} no longer has the capacity that was captured")
        with aws_errors(target.table):
            answer = writer.update_table(TableName=target.table, **_request(target, now, wanted))
        return Effect({name: wanted[name] for name in now}, request_id(answer))


def _state(target: CapacityTarget, table: Any) -> dict[str, Scalar]:
    """Return the billing and the units of the table or the index.

    Raises SourceUnavailableError during an update, RefusedError where there is no such index.
    """
    status = _status(target, table)
    if status != "ACTIVE":
        raise SourceUnavailableError(f"{target.table} is {status}")
    billing = table.get("BillingModeSummary", {}).get("BillingMode", PROVISIONED)
    described = _part(target, table).get("ProvisionedThroughput", {})
    units = described if billing == PROVISIONED else {}
    return {
        "billing": billing,
        index_setting(target.index, "read_units"): units.get("ReadCapacityUnits", 0),
        index_setting(target.index, "write_units"): units.get("WriteCapacityUnits", 0),
    }


def _part(target: CapacityTarget, table: Any) -> Any:
    """Return the description of the index, or of the table. Raises RefusedError without one."""
    if target.index is None:
        return table
    for index in table.get("GlobalSecondaryIndexes", ()):
        if index["IndexName"] == target.index:
            return index
    raise RefusedError(f"{target.table} has no index {target.index}")


def _status(target: CapacityTarget, table: Any) -> str:
    """Return the status of the table, or that of the index while the table is ACTIVE."""
    own = _part(target, table).get("IndexStatus", "ACTIVE")
    return str(own if table["TableStatus"] == "ACTIVE" else table["TableStatus"])


def _units(target: CapacityTarget, state: Scalars) -> tuple[Scalar, Scalar]:
    read, write = (index_setting(target.index, name) for name in ("read_units", "write_units"))
    return state[read], state[write]


def _request(target: CapacityTarget, now: Scalars, wanted: Scalars) -> Any:
    """Return the arguments of UpdateTable; the billing mode only if it changes."""
    billing = {"BillingMode": wanted["billing"]} if wanted["billing"] != now["billing"] else {}
    if wanted["billing"] != PROVISIONED:
        return billing
    read, write = _units(target, wanted)
    units = {"ProvisionedThroughput": {"ReadCapacityUnits": read, "WriteCapacityUnits": write}}
    if target.index is None:
        return {**billing, **units}
    return {"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": target.index, **units}}]}


def build(session: Session) -> RaiseCapacity:
    """Return the actuator on AWS."""
    return RaiseCapacity(
        boto3.client("dynamodb", config=READ_CONFIG),
        boto3.client("application-autoscaling", config=READ_CONFIG),
        lambda candidate: boto3.client("dynamodb", config=EFFECT_CONFIG, **session(candidate)),
    )
