"""dynamodb.raise_capacity: raise provisioned units or switch to on-demand billing.

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
from quorum.ports.execution import Effect

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

UNITS: Final = ("billing", "read_units", "write_units")


class RaiseCapacity:
    """Actuator of a table. `scaling` is an Application Auto Scaling client."""

    def __init__(
        self,
        reader: "DynamoDBClient",
        scaling: Any,
        writer: Callable[[Candidate], "DynamoDBClient"],
    ) -> None:
        self._reader, self._scaling, self._writer = reader, scaling, writer

    def hazards(self, candidate: Candidate) -> Hazards:
        """Return a running table update, and autoscaling on the table."""
        target = CapacityTarget.model_validate(candidate.parameters)
        status = self._table(candidate)["TableStatus"]
        with aws_errors(f"the scaling of {target.table}"):
            answer = self._scaling.describe_scalable_targets(
                ServiceNamespace="dynamodb", ResourceIds=[f"table/{target.table}"]
            )
        owned = [found["ScalableDimension"] for found in answer["ScalableTargets"]]
        return Hazards(
            deploying=None if status == "ACTIVE" else f"{target.table} is {status}",
            autoscaled=f"autoscaling owns {', '.join(sorted(owned))}" if owned else None,
        )

    def capture(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return the capacity; the table must be active and provisioned as observed."""
        target = CapacityTarget.model_validate(candidate.parameters)
        state = self.read(candidate)
        check_unchanged(candidate, state)
        if state["billing"] != "PROVISIONED":
            raise RefusedError(f"{target.table} has no provisioned capacity")
        if (state["read_units"], state["write_units"]) != (target.from_read, target.from_write):
            raise WorldMovedError(f"{target.table} now has {state}")
        if target.to_billing and self._table(candidate).get("GlobalSecondaryIndexes"):
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
        """Return the capacity. Raises SourceUnavailableError during a table update."""
        table = self._table(candidate)
        if table["TableStatus"] != "ACTIVE":
            raise SourceUnavailableError(f"{candidate.resource} is {table['TableStatus']}")
        billing = table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")
        units = table.get("ProvisionedThroughput", {}) if billing == "PROVISIONED" else {}
        return {
            "billing": billing,
            "read_units": units.get("ReadCapacityUnits", 0),
            "write_units": units.get("WriteCapacityUnits", 0),
        }

    def happened(self, candidate: Candidate, captured: Scalars, state: Scalars) -> bool:  # noqa: ARG002
        """Return whether the capacity is the raised one."""
        return matches(
            state, CapacityTarget.model_validate(candidate.parameters).target_settings, *UNITS
        )

    def restored(self, candidate: Candidate, captured: Scalars, state: Scalars) -> bool:  # noqa: ARG002
        """Return whether the capacity is the captured one."""
        return matches(state, captured, *UNITS)

    def _table(self, candidate: Candidate) -> Any:
        target = CapacityTarget.model_validate(candidate.parameters)
        with aws_errors(target.table):
            return self._reader.describe_table(TableName=target.table)["Table"]

    def _update(self, candidate: Candidate, expected: Scalars, wanted: Scalars) -> Effect:
        target = CapacityTarget.model_validate(candidate.parameters)
        writer = self._writer(candidate)
        if not matches(self.read(candidate), expected, *UNITS):
            raise WorldMovedError(f"{target.table} no longer has the capacity that was captured")
        with aws_errors(target.table):
            answer = writer.update_table(TableName=target.table, **_request(expected, wanted))
        return Effect({name: wanted[name] for name in UNITS}, request_id(answer))


def _request(now: Scalars, wanted: Scalars) -> Any:
    """Return the arguments of UpdateTable; the billing mode only if it changes."""
    billing = {"BillingMode": wanted["billing"]} if wanted["billing"] != now["billing"] else {}
    if wanted["billing"] != "PROVISIONED":
        return billing
    units = {"ReadCapacityUnits": wanted["read_units"], "WriteCapacityUnits": wanted["write_units"]}
    return {**billing, "ProvisionedThroughput": units}


def build(session: Session) -> RaiseCapacity:
    """Return the actuator on AWS."""
    return RaiseCapacity(
        boto3.client("dynamodb", config=READ_CONFIG),
        boto3.client("application-autoscaling", config=READ_CONFIG),
        lambda candidate: boto3.client("dynamodb", config=EFFECT_CONFIG, **session(candidate)),
    )
