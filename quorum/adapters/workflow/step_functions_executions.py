"""Status of the state machine's executions."""

from typing import TYPE_CHECKING, Final

from quorum.adapters.aws.aws_errors import raising
from quorum.domain.errors import StoreUnavailableError
from quorum.ports.workflow import ExecutionStatus

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.client import SFNClient

STATUS: Final[dict[str, ExecutionStatus]] = {
    "RUNNING": "running",
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "TIMED_OUT": "timed_out",
    "ABORTED": "aborted",
    "PENDING_REDRIVE": "failed",
}


class StepFunctionsExecutions:
    """An `Executions`."""

    def __init__(self, client: "SFNClient", state_machine_arn: str) -> None:
        self._client = client
        self._prefix = state_machine_arn.replace(":stateMachine:", ":execution:")

    def status(self, incident_id: str) -> ExecutionStatus | None:
        """Return the status of the incident's execution, or None when there is none."""
        with raising(StoreUnavailableError, f"execution of {incident_id}"):
            try:
                execution = self._client.describe_execution(
                    executionArn=f"{self._prefix}:{incident_id}"
                )
            except self._client.exceptions.ExecutionDoesNotExist:
                return None
        return STATUS[execution["status"]]
