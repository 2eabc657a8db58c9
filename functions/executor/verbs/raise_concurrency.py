"""lambda.raise_reserved_concurrency: raise a reservation, or remove one where none was before.

Lambda has no compare-and-set here: the captured state is read again right before the effect.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import boto3

from functions.executor.ports import Hazards, Scalars
from functions.executor.session import EFFECT_CONFIG, READ_CONFIG, Session
from functions.executor.targets import ConcurrencyTarget
from functions.executor.verb_helpers import aws_errors, check_unchanged, matches, request_id
from quorum.domain.catalogue import SWITCHED_OFF
from quorum.domain.errors import RefusedError, WorldMovedError
from quorum.domain.evidence import Candidate, Scalar
from quorum.ports.execution import Effect

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

ALWAYS_UNRESERVED: Final = 100
"""Lambda keeps this much of the account's pool for functions without a reservation."""
MAX_SHARE: Final = 2
"""The raised reservation times this may not exceed the account's concurrency: half of it."""
SETTING: Final = "reserved_concurrency"


class RaiseReservedConcurrency:
    """Actuator of a function's reserved concurrency."""

    def __init__(
        self, reader: "LambdaClient", writer: Callable[[Candidate], "LambdaClient"]
    ) -> None:
        self._reader, self._writer = reader, writer

    def hazards(self, candidate: Candidate) -> Hazards:
        """Return a running update. Reserved concurrency has no autoscaling."""
        target = ConcurrencyTarget.model_validate(candidate.parameters)
        with aws_errors(target.function):
            function = self._reader.get_function_configuration(FunctionName=target.function)
        updating = function.get("LastUpdateStatus") == "InProgress"
        return Hazards(deploying=f"{target.function} is being updated" if updating else None)

    def capture(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return the reservation; the raise must fit the pool and half of the account."""
        target = ConcurrencyTarget.model_validate(candidate.parameters)
        state = self.read(candidate)
        check_unchanged(candidate, state)
        if state[SETTING] != target.from_units:
            raise WorldMovedError(f"{target.function} now reserves {state[SETTING]}")
        if state[SETTING] == SWITCHED_OFF:
            raise RefusedError(f"{target.function} is switched off, with a reservation of 0")
        if target.to_units is None:
            return state
        with aws_errors("the account's concurrency"):
            limits = self._reader.get_account_settings()["AccountLimit"]
        room = limits["UnreservedConcurrentExecutions"] - ALWAYS_UNRESERVED
        if target.to_units - target.from_units > room:
            raise RefusedError(f"the account's pool has room for {max(room, 0)} more")
        if MAX_SHARE * target.to_units > limits["ConcurrentExecutions"]:
            raise RefusedError(f"{target.to_units} is more than half of the account's concurrency")
        return state

    def apply(self, candidate: Candidate, captured: Scalars) -> Effect:
        """Raise the reservation."""
        target = ConcurrencyTarget.model_validate(candidate.parameters)
        return self._put(candidate, captured, target.to_units)

    def undo(self, candidate: Candidate, captured: Scalars, written: Scalars) -> Effect:
        """Restore the captured reservation."""
        return self._put(candidate, written, int(str(captured[SETTING])))

    def read(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return the reservation; None if there is none."""
        target = ConcurrencyTarget.model_validate(candidate.parameters)
        with aws_errors(target.function):
            answer = self._reader.get_function_concurrency(FunctionName=target.function)
        return {SETTING: answer.get("ReservedConcurrentExecutions")}

    def happened(self, candidate: Candidate, captured: Scalars, state: Scalars) -> bool:  # noqa: ARG002
        """Return whether the reservation is the raised one."""
        return matches(state, {SETTING: candidate.parameters["to_units"]}, SETTING)

    def restored(self, candidate: Candidate, captured: Scalars, state: Scalars) -> bool:  # noqa: ARG002
        """Return whether the reservation is the captured one."""
        return matches(state, captured, SETTING)

    def _put(self, candidate: Candidate, expected: Scalars, units: int | None) -> Effect:
        target = ConcurrencyTarget.model_validate(candidate.parameters)
        writer = self._writer(candidate)
        if not matches(self.read(candidate), expected, SETTING):
            raise WorldMovedError(f"{target.function} no longer reserves {expected[SETTING]}")
        with aws_errors(target.function):
            answer: Mapping[str, Any] = (
                writer.delete_function_concurrency(FunctionName=target.function)
                if units is None
                else writer.put_function_concurrency(
                    FunctionName=target.function, ReservedConcurrentExecutions=units
                )
            )
        return Effect({SETTING: units}, request_id(answer))


def build(session: Session) -> RaiseReservedConcurrency:
    """Return the actuator on AWS."""
    return RaiseReservedConcurrency(
        boto3.client("lambda", config=READ_CONFIG),
        lambda candidate: boto3.client("lambda", config=EFFECT_CONFIG, **session(candidate)),
    )
