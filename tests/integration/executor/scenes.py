"""One resource per verb in moto: its change, its repair, and interference by others."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import boto3
from botocore.config import Config

from functions.executor.aws_actuators import AwsActuators
from functions.executor.dependencies import Place
from functions.executor.ports import VerbActuator
from functions.executor.session import READ_CONFIG, VerbSessions
from quorum.adapters.resource_state.aws_state import aws_state
from quorum.domain.catalogue import Situation
from quorum.domain.changes import derive_changes
from quorum.domain.evidence import Alarm, Candidate, ResourceState, Scalar
from tests.builders.alarms import ACCOUNT
from tests.builders.candidates import candidate
from tests.builders.events import INCIDENT
from tests.integration.executor.models import Wire

PLACE = Place(account=ACCOUNT, region="us-east-1")
ROLES = f"arn:aws:iam::{ACCOUNT}:role/quorum-test-verb-"


def actuator(verb: str) -> VerbActuator:
    """Return the verb on moto, wired as the handler does it."""
    sts = boto3.client("sts", config=READ_CONFIG)
    return AwsActuators(VerbSessions(sts, ROLES, PLACE)).actuator(verb, INCIDENT)


Deliberate = Mapping[str, Callable[[Any], None]]


class Scene:
    """A resource. `state` is what the test reads, past the actuator."""

    verb: ClassVar[str]
    resource: ClassVar[str]
    effects: ClassVar[tuple[str, ...]]
    """The operations of the effect and of its inverse."""
    alias: ClassVar[str | None] = None
    alarms: tuple[Alarm, ...] = ()
    deliberate: ClassVar[Deliberate] = {}
    """States that people or other automation want so, by name, each with what leads to it."""

    def __init__(self, wire: Wire, *, healthy: bool = False) -> None:
        self.wire = wire
        self.build()
        self.before = self.settings()
        if not healthy:
            self.spoil()

    def build(self) -> None:
        """Make the resource in its healthy state."""
        raise NotImplementedError

    def spoil(self) -> None:
        """Make the change that the verb takes back."""
        raise NotImplementedError

    def settings(self) -> dict[str, Scalar]:
        """Return the resource's settings as evidence reads them."""
        found = aws_state(Config(), autoscaling=True).state(self.resource, self.alias)
        assert found is not None
        return found.settings

    def situation(self) -> Situation:
        """Return the settings and the changes that evidence and inventory find now."""
        now = self.settings()
        changes = derive_changes(self.resource, self.before, now, seen=1000, now=1060)
        state = ResourceState(resource=self.resource, settings=now)
        return Situation((state,), changes, self.alarms)

    def parameters(self) -> dict[str, Scalar]:
        """Return the candidate's."""
        raise NotImplementedError

    def observed(self) -> dict[str, Scalar]:
        """Return what the evidence saw."""
        raise NotImplementedError

    def state(self) -> Any:
        """Return what is really there."""
        raise NotImplementedError

    def interfere(self) -> None:
        """Change the resource from outside."""
        raise NotImplementedError

    def candidate(self, **parameters: Scalar) -> Candidate:
        """Return the candidate that repairs it."""
        given = {**self.parameters(), **parameters}
        return candidate(self.verb, self.resource, given, observed=self.observed())
