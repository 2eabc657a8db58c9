"""Typed parameters of candidates: each names one resource, never a pattern.

The parameters become part of ARNs and session policies, so each has a closed alphabet.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from quorum.domain.base import Record
from quorum.domain.evidence import Scalar
from quorum.domain.resource_settings import index_setting

FunctionName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
AliasName = Annotated[
    str, StringConstraints(pattern=r"^[0-9]*[A-Za-z_-][A-Za-z0-9_-]*$", max_length=128)
]
VersionNumber = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,18}$")]
QueueName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,80}(\.fifo)?$")]
EcsName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,255}$")]
TaskDefinitionName = Annotated[
    str,
    StringConstraints(
        pattern=r"^(arn:[a-z-]+:ecs:[a-z0-9-]+:[0-9]{12}:task-definition/)?[A-Za-z0-9_-]{1,255}:[0-9]+$"
    ),
]
TableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{3,255}$")]
UnitCount = Annotated[int, Field(strict=True, ge=0)]
PositiveInt = Annotated[int, Field(strict=True, ge=1)]


class Target(Record):
    """Parameters of one verb."""

    resource_format: ClassVar[str]

    @property
    def resource(self) -> str:
        """Return the resource id, which has to equal the candidate's."""
        return self.resource_format.format_map(dict(self))

    def require(self, holds: bool, rule: str) -> Self:  # noqa: FBT001
        """Return the target. Raises ValueError with `rule` if `holds` is false."""
        if not holds:
            raise ValueError(rule)
        return self


class AliasTarget(Target):
    """Parameters of lambda.rollback_alias."""

    resource_format: ClassVar[str] = "lambda:{function}"
    function: FunctionName
    alias: AliasName
    from_version: VersionNumber
    to_version: VersionNumber

    @model_validator(mode="after")
    def _check_change(self) -> Self:
        return self.require(self.from_version != self.to_version, "both versions are the same")


class ConcurrencyTarget(Target):
    """Parameters of lambda.raise_reserved_concurrency."""

    resource_format: ClassVar[str] = "lambda:{function}"
    function: FunctionName
    from_units: UnitCount
    to_units: PositiveInt | None
    """None: no reservation, as before someone set one."""

    @model_validator(mode="after")
    def _check_raise(self) -> Self:
        raised = self.to_units is None or self.to_units > self.from_units
        return self.require(raised, "to_units does not exceed from_units")


class CapacityTarget(Target):
    """Parameters of dynamodb.raise_capacity."""

    resource_format: ClassVar[str] = "dynamodb:{table}"
    table: TableName
    index: TableName | None = None
    """The global secondary index whose capacity it is; None: the table's own."""
    from_read: PositiveInt
    from_write: PositiveInt
    to_read: PositiveInt | None = None
    to_write: PositiveInt | None = None
    to_billing: Literal["PAY_PER_REQUEST"] | None = None
    """On-demand billing instead of more units."""

    @model_validator(mode="after")
    def _check_raise(self) -> Self:
        if self.to_read is None or self.to_write is None:
            whole = self.index is None and self.to_billing is not None
            on_demand = self.to_read is self.to_write and whole
            return self.require(on_demand, "give either both unit counts or the billing mode")
        rises = (self.to_read, self.to_write) > (self.from_read, self.from_write)
        lowers = self.to_read < self.from_read or self.to_write < self.from_write
        raised = rises and not lowers and self.to_billing is None
        return self.require(raised, "the capacity does not rise")

    @property
    def target_settings(self) -> dict[str, Scalar]:
        """Return the settings after the effect; on-demand tables have 0 units."""
        return {
            "billing": self.to_billing or "PROVISIONED",
            index_setting(self.index, "read_units"): self.to_read or 0,
            index_setting(self.index, "write_units"): self.to_write or 0,
        }


class ParameterTarget(Target):
    """Parameters of ssm.restore_parameter."""

    resource_format: ClassVar[str] = "ssm:{name}"
    name: Annotated[str, StringConstraints(pattern=r"^/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$")]
    from_version: PositiveInt
    to_version: PositiveInt

    @model_validator(mode="after")
    def _check_older(self) -> Self:
        return self.require(
            self.to_version < self.from_version, "to_version is not an earlier version"
        )


class ServiceTarget(Target):
    """Parameters of ecs.rollback_service."""

    resource_format: ClassVar[str] = "ecs:{cluster}/{service}"
    cluster: EcsName
    service: EcsName
    from_task_definition: TaskDefinitionName
    to_task_definition: TaskDefinitionName

    @model_validator(mode="after")
    def _check_change(self) -> Self:
        differ = self.from_task_definition != self.to_task_definition
        return self.require(differ, "both task definitions are the same")


class QueueTarget(Target):
    """Parameters of sqs.redrive."""

    resource_format: ClassVar[str] = "sqs:{queue}"
    queue: QueueName
    dead_letter_queue: QueueName

    @model_validator(mode="after")
    def _check_two_queues(self) -> Self:
        return self.require(
            self.queue != self.dead_letter_queue, "the queue and its dead-letter queue are the same"
        )


TARGETS: Final[Mapping[str, type[Target]]] = {
    "lambda.rollback_alias": AliasTarget,
    "lambda.raise_reserved_concurrency": ConcurrencyTarget,
    "dynamodb.raise_capacity": CapacityTarget,
    "ssm.restore_parameter": ParameterTarget,
    "ecs.rollback_service": ServiceTarget,
    "sqs.redrive": QueueTarget,
}
