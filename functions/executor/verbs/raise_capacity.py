"""dynamodb.raise_capacity: more provisioned units, or on demand, unless autoscaling owns them.

DynamoDB has no compare-and-set here: what was captured is read again right before the effect.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import boto3

from functions.executor.calls import effect, reading, request_id, same, still
from functions.executor.ports import Hazards, Settings
from functions.executor.session import EFFECT_CONFIG, READ_CONFIG, Session
from functions.executor.targets import CapacityTarget
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
    """A table that takes more. `scaling` is a client of Application Auto Scaling."""

    def __init__(
        self,
        reader: "DynamoDBClient",
        scaling: Any,
        writer: Callable[[Candidate], "DynamoDBClient"],
    ) -> None:
        self._reader, self._scaling, self._writer = reader, scaling, writer

    def hazards(self, candidate: Candidate) -> Hazards:
        """Return an update that is under way, and scaling targets on the table."""
        target = CapacityTarget.model_validate(candidate.parameters)
        status = self._table(candidate)["TableStatus"]
        with reading(f"the scaling of {target.table}"):
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
        still(candidate, state)
        if state["billing"] != "PROVISIONED":
            raise RefusedError(f"{target.table} has no provisioned capacity")
        if (state["read_units"], state["write_units"]) != (target.from_read, target.from_write):
            raise WorldMovedError(f"{target.table} has {state}")
        if target.to_billing and self._table(candidate).get("GlobalSecondaryIndexes"):
            raise RefusedError(f"{target.table}: the capacity of its indexes could not be undone")
        return state

    def apply(self, candidate: Candidate, captured: Settings) -> Effect:
        """Provision more, or charge by request."""
        target = CapacityTarget.model_validate(candidate.parameters)
        return self._update(candidate, captured, target.wanted)

    def undo(self, candidate: Candidate, captured: Settings, written: Settings) -> Effect:
        """Provision what was provisioned."""
        return self._update(candidate, written, captured)

    def read(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return the capacity. Raises SourceUnavailableError while the table is changing it."""
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

    def happened(self, candidate: Candidate, captured: Settings, state: Settings) -> bool:  # noqa: ARG002
        """Return whether the capacity is the raised one."""
        return same(state, CapacityTarget.model_validate(candidate.parameters).wanted, *UNITS)

    def restored(self, candidate: Candidate, captured: Settings, state: Settings) -> bool:  # noqa: ARG002
        """Return whether the capacity is as it was captured."""
        return same(state, captured, *UNITS)

    def _table(self, candidate: Candidate) -> Any:
        target = CapacityTarget.model_validate(candidate.parameters)
        with reading(target.table):
            return self._reader.describe_table(TableName=target.table)["Table"]

    def _update(self, candidate: Candidate, expected: Settings, wanted: Settings) -> Effect:
        target = CapacityTarget.model_validate(candidate.parameters)
        writer = self._writer(candidate)
        if not same(self.read(candidate), expected, *UNITS):
            raise WorldMovedError(f"{target.table} no longer has the capacity that was captured")
        with effect(target.table):
            answer = writer.update_table(TableName=target.table, **_request(expected, wanted))
        return Effect({name: wanted[name] for name in UNITS}, request_id(answer))


def _request(now: Settings, wanted: Settings) -> Any:
    """Return what UpdateTable is asked for: the billing only when it changes."""
    billing = {"BillingMode": wanted["billing"]} if wanted["billing"] != now["billing"] else {}
    if wanted["billing"] != "PROVISIONED":
        return billing
    units = {"ReadCapacityUnits": wanted["read_units"], "WriteCapacityUnits": wanted["write_units"]}
    return {**billing, "ProvisionedThroughput": units}


def build(session: Session) -> RaiseCapacity:
    """Return it on AWS."""
    return RaiseCapacity(
        boto3.client("dynamodb", config=READ_CONFIG),
        boto3.client("application-autoscaling", config=READ_CONFIG),
        lambda candidate: boto3.client("dynamodb", config=EFFECT_CONFIG, **session(candidate)),
    )
