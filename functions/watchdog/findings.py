"""What the watchdog looks for."""

from collections.abc import Mapping
from typing import Final, Literal, get_args

from quorum.domain.events import Finding
from quorum.ports.workflow import ExecutionStatus

Ended = Literal["execution_failed", "execution_timed_out", "execution_aborted"]

DIED: Final[Mapping[ExecutionStatus, Ended]] = {
    "failed": "execution_failed",
    "timed_out": "execution_timed_out",
    "aborted": "execution_aborted",
}
ENDED: Final[Mapping[ExecutionStatus, Ended]] = {**DIED, "succeeded": "execution_failed"}
"""What an execution's end means for an incident that it left open; success is no exception."""
ENDINGS: Final[Mapping[str, Finding]] = {finding: finding for finding in get_args(Ended)}
MISSING_AFTER_SECONDS: Final = 60
"""Longer than intake needs between the opening and the start."""
