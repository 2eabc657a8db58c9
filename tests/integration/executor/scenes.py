"""One resource per verb in moto: its change, its repair, and interference by others."""

from typing import Any, ClassVar

import boto3

from functions.executor.aws_actuators import AwsActuators
from functions.executor.dependencies import Place
from functions.executor.ports import VerbActuator
from functions.executor.session import READ_CONFIG, VerbSessions
from quorum.domain.evidence import Candidate, Scalar
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


class Scene:
    """A resource. `state` is what the test reads, past the actuator."""

    verb: ClassVar[str]
    resource: ClassVar[str]

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.build()

    def build(self) -> None:
        """Make the resource."""
        raise NotImplementedError

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


"""The resource's state after each scene's action."""
