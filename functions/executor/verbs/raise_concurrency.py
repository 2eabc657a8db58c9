"""lambda.raise_reserved_concurrency: reserve more, out of the account's pool.

Lambda has no compare-and-set here: what was captured is read again right before the effect.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import boto3

from functions.executor.calls import effect, reading, request_id, same, still
from functions.executor.ports import Hazards, Settings
from functions.executor.session import EFFECT_CONFIG, READ_CONFIG, Session
from functions.executor.targets import ConcurrencyTarget
from quorum.domain.errors import RefusedError, WorldMovedError
from quorum.domain.evidence import Candidate, Scalar
from quorum.ports.execution import Effect

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

ALWAYS_UNRESERVED: Final = 100
"""Lambda keeps so much of the account's pool for functions without a reservation."""
MOST_SHARE: Final = 2
"""One function never gets more than one part in so many of the account's concurrency from us."""
SETTING: Final = "reserved_concurrency"


class RaiseReservedConcurrency:
    """A function that may run more often at once."""

    def __init__(
        self, reader: "LambdaClient", writer: Callable[[Candidate], "LambdaClient"]
    ) -> None:
        self._reader, self._writer = reader, writer

    def hazards(self, candidate: Candidate) -> Hazards:
        """Return an update that is under way. Nothing scales reserved concurrency by itself."""
        target = ConcurrencyTarget.model_validate(candidate.parameters)
        with reading(target.function):
            function = self._reader.get_function_configuration(FunctionName=target.function)
        updating = function.get("LastUpdateStatus") == "InProgress"
        return Hazards(deploying=f"{target.function} is being updated" if updating else None)

    def capture(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return the reservation; the raise must leave room in the pool and half the account."""
        target = ConcurrencyTarget.model_validate(candidate.parameters)
        state = self.read(candidate)
        still(candidate, state)
        if state[SETTING] != target.from_units:
            raise WorldMovedError(f"{target.function} reserves {state[SETTING]}")
        with reading("the account's concurrency"):
            limits = self._reader.get_account_settings()["AccountLimit"]
        room = limits["UnreservedConcurrentExecutions"] - ALWAYS_UNRESERVED
        if target.to_units - target.from_units > room:
            raise RefusedError(f"the account's pool has room for {max(room, 0)} more")
        if MOST_SHARE * target.to_units > limits["ConcurrentExecutions"]:
            raise RefusedError(f"{target.to_units} is more than half of the account's concurrency")
        return state

    def apply(self, candidate: Candidate, captured: Settings) -> Effect:
        """Reserve more."""
        target = ConcurrencyTarget.model_validate(candidate.parameters)
        return self._put(candidate, captured, target.to_units)

    def undo(self, candidate: Candidate, captured: Settings, written: Settings) -> Effect:
        """Reserve what was reserved."""
        return self._put(candidate, written, int(str(captured[SETTING])))

    def read(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return the reservation; None when there is none."""
        target = ConcurrencyTarget.model_validate(candidate.parameters)
        with reading(target.function):
            answer = self._reader.get_function_concurrency(FunctionName=target.function)
        return {SETTING: answer.get("ReservedConcurrentExecutions")}

    def happened(self, candidate: Candidate, captured: Settings, state: Settings) -> bool:  # noqa: ARG002
        """Return whether the reservation is the raised one."""
        return same(state, {SETTING: candidate.parameters["to_units"]}, SETTING)

    def restored(self, candidate: Candidate, captured: Settings, state: Settings) -> bool:  # noqa: ARG002
        """Return whether the reservation is as it was captured."""
        return same(state, captured, SETTING)

    def _put(self, candidate: Candidate, expected: Settings, units: int) -> Effect:
        target = ConcurrencyTarget.model_validate(candidate.parameters)
        writer = self._writer(candidate)
        if not same(self.read(candidate), expected, SETTING):
            raise WorldMovedError(f"{target.function} no longer reserves {expected[SETTING]}")
        with effect(target.function):
            answer = writer.put_function_concurrency(
                FunctionName=target.function, ReservedConcurrentExecutions=units
            )
        return Effect({SETTING: units}, request_id(answer))


def build(session: Session) -> RaiseReservedConcurrency:
    """Return it on AWS."""
    return RaiseReservedConcurrency(
        boto3.client("lambda", config=READ_CONFIG),
        lambda candidate: boto3.client("lambda", config=EFFECT_CONFIG, **session(candidate)),
    )
