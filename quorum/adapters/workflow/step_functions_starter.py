"""Start of the state machine; the execution's name is the incident's id, so it starts once."""

import json
from typing import TYPE_CHECKING

from quorum.adapters.aws.aws_errors import raising
from quorum.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.client import SFNClient


class StepFunctionsStarter:
    """An `ExecutionStarter`."""

    def __init__(self, client: "SFNClient", state_machine_arn: str) -> None:
        self._client, self._state_machine_arn = client, state_machine_arn

    def start(self, incident_id: str) -> None:
        """Start the incident's execution; an existing one, running or ended, counts as success."""
        with raising(StoreUnavailableError, f"start {incident_id}"):
            try:
                self._client.start_execution(
                    stateMachineArn=self._state_machine_arn,
                    name=incident_id,
                    input=json.dumps({"incident_id": incident_id, "round": 1}),
                )
            except self._client.exceptions.ExecutionAlreadyExists:
                return
