"""A candidate's parameters, typed: what they name is one resource of ours, and no pattern.

The parameters become part of ARNs and of a session's policy, so each has a closed alphabet.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from quorum.domain.base import Record
from quorum.domain.evidence import Scalar

Function = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Alias = Annotated[
    str, StringConstraints(pattern=r"^[0-9]*[A-Za-z_-][A-Za-z0-9_-]*$", max_length=128)
]
Version = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,18}$")]
Queue = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,80}(\.fifo)?$")]
Cluster = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,255}$")]
TaskDefinition = Annotated[
    str,
    StringConstraints(
        pattern=r"^(arn:[a-z-]+:ecs:[a-z0-9-]+:[0-9]{12}:task-definition/)?[A-Za-z0-9_-]{1,255}:[0-9]+$"
    ),
]
Count = Annotated[int, Field(strict=True, ge=0)]
Number = Annotated[int, Field(strict=True, ge=1)]


class Target(Record):
    """What an action names."""

    form: ClassVar[str]

    @property
    def resource(self) -> str:
        """Return the resource id that must be the candidate's."""
        return self.form.format_map(dict(self))

    def must(self, holds: bool, rule: str) -> Self:  # noqa: FBT001
        """Return the target, or raise ValueError with the rule that is broken."""
        if not holds:
            raise ValueError(rule)
        return self


class AliasTarget(Target):
    """lambda.rollback_alias."""

    form: ClassVar[str] = "lambda:{function}"
    function: Function
    alias: Alias
    from_version: Version
    to_version: Version

    @model_validator(mode="after")
    def _moves(self) -> Self:
        return self.must(self.from_version != self.to_version, "both versions are the same")


class ConcurrencyTarget(Target):
    """lambda.raise_reserved_concurrency."""

    form: ClassVar[str] = "lambda:{function}"
    function: Function
    from_units: Count
    to_units: Count

    @model_validator(mode="after")
    def _rises(self) -> Self:
        return self.must(self.to_units > self.from_units, "to_units is not more than from_units")


class CapacityTarget(Target):
    """dynamodb.raise_capacity."""

    form: ClassVar[str] = "dynamodb:{table}"
    table: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{3,255}$")]
    from_read: Number
    from_write: Number
    to_read: Number | None = None
    to_write: Number | None = None
    to_billing: Literal["PAY_PER_REQUEST"] | None = None
    """On demand, instead of more units."""

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if self.to_read is None or self.to_write is None:
            alone = self.to_read is self.to_write and self.to_billing is not None
            return self.must(alone, "either both numbers of units or the billing is given")
        rises = (self.to_read, self.to_write) > (self.from_read, self.from_write)
        lowers = self.to_read < self.from_read or self.to_write < self.from_write
        raised = rises and not lowers and self.to_billing is None
        return self.must(raised, "the capacity is not raised")

    @property
    def wanted(self) -> dict[str, Scalar]:
        """Return the table's settings after the effect; on demand there are no units."""
        return {
            "billing": self.to_billing or "PROVISIONED",
            "read_units": self.to_read or 0,
            "write_units": self.to_write or 0,
        }


class ParameterTarget(Target):
    """ssm.restore_parameter."""

    form: ClassVar[str] = "ssm:{name}"
    name: Annotated[str, StringConstraints(pattern=r"^/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$")]
    from_version: Number
    to_version: Number

    @model_validator(mode="after")
    def _back(self) -> Self:
        return self.must(self.to_version < self.from_version, "to_version is not an earlier one")


class ServiceTarget(Target):
    """ecs.rollback_service."""

    form: ClassVar[str] = "ecs:{cluster}/{service}"
    cluster: Cluster
    service: Cluster
    from_task_definition: TaskDefinition
    to_task_definition: TaskDefinition

    @model_validator(mode="after")
    def _moves(self) -> Self:
        differ = self.from_task_definition != self.to_task_definition
        return self.must(differ, "both task definitions are the same")


class QueueTarget(Target):
    """sqs.redrive."""

    form: ClassVar[str] = "sqs:{queue}"
    queue: Queue
    dead_letter_queue: Queue

    @model_validator(mode="after")
    def _two(self) -> Self:
        return self.must(self.queue != self.dead_letter_queue, "a queue is its own dead letters'")


TARGETS: Final[Mapping[str, type[Target]]] = {
    "lambda.rollback_alias": AliasTarget,
    "lambda.raise_reserved_concurrency": ConcurrencyTarget,
    "dynamodb.raise_capacity": CapacityTarget,
    "ssm.restore_parameter": ParameterTarget,
    "ecs.rollback_service": ServiceTarget,
    "sqs.redrive": QueueTarget,
}
