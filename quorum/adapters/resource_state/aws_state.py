"""Current settings of resources, by kind of resource: names and numbers, never user data."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Lock

import boto3
from botocore.config import Config

from quorum.adapters.aws.aws_errors import raising
from quorum.adapters.aws.paced_client import Wait, paced
from quorum.adapters.resource_state.autoscaling import Autoscaling, ScaledReader
from quorum.adapters.resource_state.described_requests import Home
from quorum.adapters.resource_state.described_state import DescribedState
from quorum.adapters.resource_state.dynamodb_state import DynamoDBState
from quorum.adapters.resource_state.ecs_state import EcsState
from quorum.adapters.resource_state.lambda_state import LambdaState
from quorum.adapters.resource_state.readers import (
    EXPECTED,
    ODD,
    READ_SECONDS,
    Answer,
    ManyReader,
    Read,
    many,
)
from quorum.adapters.resource_state.row_clients import Clients, row_clients
from quorum.adapters.resource_state.sqs_state import SqsState
from quorum.adapters.resource_state.ssm_state import SsmState
from quorum.adapters.resource_state.stack_updates import StackUpdates
from quorum.domain.base import ResourceId
from quorum.domain.errors import QuorumError, SourceUnavailableError
from quorum.domain.evidence import ResourceState
from quorum.domain.resource_patterns import matches
from quorum.services.rows import KINDS

Targets = Mapping[ResourceId, str | None]
Answers = Mapping[ResourceId, ResourceState | QuorumError | None]


class AwsState:
    """A `StateSource`. A kind's reader is created when the first resource of the kind is read.

    Kinds without a reader of their own are read by their row, and only where `watch` names them.
    """

    def __init__(
        self,
        readers: Mapping[str, Callable[[], Read | ManyReader]],
        clients: Clients | None = None,
        watch: Sequence[str] = (),
        home: Home | None = None,
        seconds: float = READ_SECONDS,
    ) -> None:
        self._factories, self._clients, self._watch = readers, clients or row_clients(), watch
        self._home, self._seconds = home, seconds
        self._readers: dict[str, ManyReader] = {}
        self._lock = Lock()

    def reads(self, resource: ResourceId) -> bool:
        """Return whether the resource's settings can be read, and may be."""
        kind = resource.partition(":")[0]
        if kind in self._factories:
            return True
        row = KINDS.get(kind)
        return bool(row and row.describes) and any(matches(p, resource) for p in self._watch)

    def groups(self, resources: Iterable[ResourceId]) -> Sequence[tuple[ResourceId, ...]]:
        """Return the resources by kind, as one request may be about several of a kind."""
        found: dict[str, list[ResourceId]] = {}
        for resource in resources:
            found.setdefault(resource.partition(":")[0], []).append(resource)
        return [tuple(group) for group in found.values()]

    def state(self, resource: ResourceId, alias: str | None = None) -> ResourceState | None:
        """Return the resource's settings, or None when it does not exist or is not supported."""
        answer = self.states({resource: alias})[resource]
        if isinstance(answer, QuorumError):
            raise answer
        return answer

    def states(self, targets: Targets) -> Answers:
        """Return each resource's settings, None, or the error that reading it alone met."""
        found: dict[ResourceId, ResourceState | QuorumError | None] = dict.fromkeys(targets)
        for group in self.groups(resource for resource in targets if self.reads(resource)):
            kind = group[0].partition(":")[0]
            named = {resource.partition(":")[2]: targets[resource] for resource in group}
            try:
                answers = self._reader(kind).read(named)
            except EXPECTED as error:
                answers = dict.fromkeys(named, error)
            found |= {f"{kind}:{name}": _state(f"{kind}:{name}", answers[name]) for name in named}
        return found

    def _reader(self, kind: str) -> ManyReader:
        with self._lock:  # many threads call this, and boto3 makes clients in one only
            if kind not in self._readers:
                self._readers[kind] = self._made(kind)
        return self._readers[kind]

    def _made(self, kind: str) -> ManyReader:
        if kind not in self._factories:
            return DescribedState(KINDS[kind], self._clients, self._home, self._seconds)
        return many(self._factories[kind](), self._seconds)


def _state(resource: ResourceId, answer: Answer) -> ResourceState | QuorumError | None:
    """Return the answer as a state, or its error as one of Quorum's with its cause."""
    try:
        with raising(SourceUnavailableError, f"settings of {resource}"):
            if isinstance(answer, Exception):
                raise answer
            return None if answer is None else ResourceState(resource=resource, settings=answer)
    except QuorumError as error:
        return error
    except ODD as error:
        odd = SourceUnavailableError(f"settings of {resource}: {type(error).__name__}")
        odd.__cause__ = error
        return odd


def aws_state(  # noqa: PLR0913 - how settings are read, by name
    config: Config,
    *,
    autoscaling: bool,
    stacks: bool = False,
    watch: Sequence[str] = (),
    home: Home | None = None,
    wait: Wait | None = None,
    seconds: float = READ_SECONDS,
) -> AwsState:
    """Return the source for all kinds of resources that the catalogue acts on, and those watched.

    Without `autoscaling` no value counts as autoscaled: only for a stage that does not have it.
    With `stacks` a resource whose CloudFormation stack is changing counts as being deployed.
    With `home` only resources of this account and region are named as callers and callees.
    With `wait` each request waits for its service's turn; `seconds` is the time to read a group.
    """
    stack_client = boto3.client("cloudformation", config=config) if stacks else None
    updates = StackUpdates(paced(stack_client, wait))

    def scaled(namespace: str, reader: Callable[[Autoscaling], Read | ManyReader]) -> ManyReader:
        target = boto3.client("application-autoscaling", config=config) if autoscaling else None
        own = Autoscaling(paced(target, wait), later=True)
        return ScaledReader(namespace, own, many(reader(own), seconds))

    def functions(own: Autoscaling) -> Read:
        return LambdaState(paced(boto3.client("lambda", config=config), wait), own, updates)

    def services(own: Autoscaling) -> ManyReader:
        return EcsState(paced(boto3.client("ecs", config=config), wait), own, updates, home)

    def data_tables(own: Autoscaling) -> Read:
        return DynamoDBState(paced(boto3.client("dynamodb", config=config), wait), own)

    return AwsState(
        {
            "lambda": lambda: scaled("lambda", functions),
            "dynamodb": lambda: scaled("dynamodb", data_tables),
            "ecs": lambda: scaled("ecs", services),
            "ssm": lambda: SsmState(paced(boto3.client("ssm", config=config), wait), updates),
            "sqs": lambda: SqsState(paced(boto3.client("sqs", config=config), wait)),
        },
        row_clients(config, wait),
        watch,
        home,
        seconds,
    )
