"""Current settings of resources, by kind of resource: names and numbers, never user data."""

from collections.abc import Callable, Mapping
from threading import Lock

import boto3
from botocore.config import Config

from quorum.adapters.aws.aws_errors import raising
from quorum.adapters.resource_state.autoscaling import Autoscaling
from quorum.adapters.resource_state.dynamodb_state import DynamoDBState
from quorum.adapters.resource_state.ecs_state import EcsState
from quorum.adapters.resource_state.lambda_state import LambdaState
from quorum.adapters.resource_state.sqs_state import SqsState
from quorum.adapters.resource_state.ssm_state import SsmState
from quorum.adapters.resource_state.stack_updates import StackUpdates
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.evidence import ResourceState, Scalar

Settings = dict[str, Scalar]
Read = Callable[[str, str | None], Settings | None]
"""From a resource's name and an alias to its settings, or None when it does not exist."""


class AwsState:
    """A `StateSource`. A kind's reader is created when the first resource of the kind is read."""

    def __init__(self, readers: Mapping[str, Callable[[], Read]]) -> None:
        self._factories = readers
        self._readers: dict[str, Read] = {}
        self._lock = Lock()

    def state(self, resource: str, alias: str | None = None) -> ResourceState | None:
        """Return the resource's settings, or None when it does not exist or is not supported."""
        kind, _, name = resource.partition(":")
        if kind not in self._factories:
            return None
        with self._lock:  # many threads call this, and boto3 makes clients in one only
            if kind not in self._readers:
                self._readers[kind] = self._factories[kind]()
        with raising(SourceUnavailableError, f"settings of {resource}"):
            try:
                settings = self._readers[kind](name, alias)
            except (ArithmeticError, LookupError, TypeError, ValueError) as error:
                # an answer of an odd form, such as a policy that is no JSON, is this one's alone
                odd = f"settings of {resource}: {type(error).__name__}"
                raise SourceUnavailableError(odd) from error
        return None if settings is None else ResourceState(resource=resource, settings=settings)


def aws_state(config: Config, *, autoscaling: bool, stacks: bool = False) -> AwsState:
    """Return the source for all kinds of resources that the catalogue acts on.

    Without `autoscaling` no value counts as autoscaled: only for a stage that does not have it.
    With `stacks` a resource whose CloudFormation stack is changing counts as being deployed.
    """
    updates = StackUpdates(boto3.client("cloudformation", config=config) if stacks else None)

    def scaling() -> Autoscaling:
        client = boto3.client("application-autoscaling", config=config) if autoscaling else None
        return Autoscaling(client)

    return AwsState(
        {
            "lambda": lambda: LambdaState(
                boto3.client("lambda", config=config), scaling(), updates
            ),
            "dynamodb": lambda: DynamoDBState(boto3.client("dynamodb", config=config), scaling()),
            "ecs": lambda: EcsState(boto3.client("ecs", config=config), scaling(), updates),
            "ssm": lambda: SsmState(boto3.client("ssm", config=config), updates),
            "sqs": lambda: SqsState(boto3.client("sqs", config=config)),
        }
    )
